const PASSPORT_SIGN_IN = `
app.post('/existing-sign-in', express.urlencoded({ extended: false }), (req, res, next) =>
  req.login({ id: req.body.id }, (error) => (error ? next(error) : res.end('signed in'))));
`;

/**
 * A page's first JavaScript program, as a test can run it: on a free port, and with one route more, which stands for the
 * sign-in that the reader's app already has.
 */
export function firstProgram(readme: string, port: number, existing = PASSPORT_SIGN_IN): string {
  const found = /```js\n([\s\S]*?)```/.exec(readme);
  if (found?.[1] === undefined) throw new Error('The page has no program');
  const program = found[1].replaceAll('3000', String(port));
  const at = program.lastIndexOf('app.listen(');
  if (at === -1) throw new Error('The program does not listen');
  return `${program.slice(0, at)}${existing}${program.slice(at)}`;
}
