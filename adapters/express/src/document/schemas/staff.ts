import Joi from 'joi';
import { list, object, oneOf, pageOf, text, time } from './words.ts';

/** As the policy names them; the tests hold this list against it. */
export const STAFF_ROLES = ['auditor', 'reviewer', 'privacy-officer', 'security-officer', 'administrator'] as const;

const member = Joi.string()
  .max(256)
  .pattern(/^[^\p{Cc}\p{Cs}]+$/u)
  .required()
  .description('The host application’s id of the member of staff');
const role = oneOf(STAFF_ROLES, 'What somebody may act as');
const sha256 = Joi.string()
  .pattern(/^[0-9a-f]{64}$/)
  .required();

export const staffRulesAnswer = object(
  {
    version: text('Version of this wording'),
    statements: list(Joi.string(), 'What a member of staff accepts'),
    validMonths: Joi.number().integer().required().description('For how many calendar months an acknowledgement holds'),
    sha256: text('Hash of the rules, to send back with an acknowledgement'),
  },
  'The privacy rules for staff',
);

export const acknowledgeBody = object(
  { sha256: sha256.description('Hash of the rules that were shown') },
  'An acknowledgement of the rules, by who is signed in',
);

export const roleBody = object(
  { id: member, role, until: time('When it ends; never unless told').optional() },
  'A role for a member of staff',
);

export const revokeRoleBody = object({ id: member, role }, 'A role that is taken away');

export const staffAnswer = object(
  {
    id: text('The host application’s id'),
    pseudonym: text('As records and audit entries name them'),
    acknowledged: object(
      { version: text('Of which rules'), at: time('When'), until: time('Until when it holds') },
      'The acknowledgement that holds',
    ).allow(null),
    grants: list(
      object(
        {
          role,
          grantedAt: time('Since when'),
          by: text('Pseudonym of who granted it, or host'),
          until: time('When it ended or ends').allow(null),
        },
        'A role',
      ),
      'Roles, past ones included',
    ),
  },
  'A member of staff',
);

export const staffPage = pageOf(staffAnswer, 'Members of staff');
