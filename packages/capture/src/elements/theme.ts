/**
 * What all components look like. A host restyles with the custom properties `--asignio-...` (see asignio.css) and with
 * `::part`. System font, four sizes (14, 16, 20, 28 px at the default zoom), a 4 px grid, one accent.
 */
export const THEME = `
:host {
  --_text: var(--asignio-text, #1b1c20);
  --_muted: var(--asignio-muted, #565963);
  --_paper: var(--asignio-paper, #ffffff);
  --_ground: var(--asignio-ground, #f7f6f2);
  --_line: var(--asignio-line, #82858e);
  --_hair: var(--asignio-hair, #dcdad3);
  --_accent: var(--asignio-accent, #1d4fd7);
  --_on-accent: var(--asignio-on-accent, #ffffff);
  --_ink: var(--asignio-ink, #14213d);
  --_danger: var(--asignio-danger, #a92117);
  --_radius: var(--asignio-radius, 12px);
  --_small: 0.875rem;
  --_body: 1rem;
  --_lead: 1.25rem;
  --_title: 1.75rem;
  color: var(--_text);
  color-scheme: var(--asignio-color-scheme, light dark);
  display: block;
  font: 400 var(--_body)/1.5 var(--asignio-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Naskh Arabic", sans-serif);
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
@media (prefers-color-scheme: dark) {
  :host {
    --_text: var(--asignio-text, #f1f0ec);
    --_muted: var(--asignio-muted, #b3b6c0);
    --_paper: var(--asignio-paper, #1e2028);
    --_ground: var(--asignio-ground, #14151a);
    --_line: var(--asignio-line, #868a96);
    --_hair: var(--asignio-hair, #343742);
    --_accent: var(--asignio-accent, #9db8ff);
    --_on-accent: var(--asignio-on-accent, #0d1530);
    --_ink: var(--asignio-ink, #e9edff);
    --_danger: var(--asignio-danger, #ffb3aa);
  }
}
*, *::before, *::after { box-sizing: border-box; }
.stack { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.tight { display: grid; gap: 4px; grid-template-columns: minmax(0, 1fr); }
h1, h2, h3, h4, h5, h6, p, ul, dl, dd, fieldset, legend { margin: 0; padding: 0; }
.title { font-size: var(--_title); font-weight: 650; letter-spacing: -0.015em; line-height: 1.2; text-wrap: balance; }
legend { margin-block-end: 12px; }
.heading, legend { font-size: var(--_lead); font-weight: 650; line-height: 1.3; }
.title:focus, .title:focus-visible { outline: none; }
ul { list-style: none; }
fieldset { border: 0; min-width: 0; }
p, dd, li { overflow-wrap: anywhere; text-wrap: pretty; }
.small, .heading.small { font-size: var(--_small); }
.muted { color: var(--_muted); }
.bad { color: var(--_danger); font-weight: 600; }
.hidden-words {
  block-size: 1px; clip-path: inset(50%); inline-size: 1px; overflow: hidden; position: absolute; white-space: nowrap;
}
.actions { display: flex; flex-wrap: wrap; gap: 12px; }
.actions > * { flex: 1 1 140px; }
button, .button {
  align-items: center; appearance: none; background: var(--_paper); border: 1.5px solid var(--_line);
  border-radius: calc(var(--_radius) - 2px); color: var(--_text); cursor: pointer; display: inline-flex; font: inherit; font-weight: 600;
  justify-content: center; line-height: 1.25; min-block-size: 48px; min-inline-size: 44px; padding: 8px 16px; text-align: center; text-decoration: none;
  touch-action: manipulation;
}
button.primary, .button.primary { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
button.danger { border-color: var(--_danger); color: var(--_danger); }
button.plain {
  background: none; border: 0; color: var(--_accent); justify-content: start; justify-self: start;
  min-block-size: 44px; padding-inline: 0; text-align: start; text-decoration: underline; text-underline-offset: 3px;
}
button[aria-disabled="true"] { cursor: default; opacity: 0.55; }
@media (hover: hover) {
  button:not([aria-disabled="true"]):hover, .button:hover { filter: brightness(0.96); }
  button.plain:hover { filter: none; text-decoration-thickness: 2px; }
}
:focus-visible, ::slotted(:focus-visible) {
  outline: 3px solid var(--_accent); outline-offset: 3px;
}
input:not([type="radio"]), textarea {
  appearance: none; background: var(--_paper); border: 1.5px solid var(--_line); border-radius: calc(var(--_radius) - 2px);
  color: inherit; font: inherit; inline-size: 100%; min-block-size: 48px; padding: 8px 12px;
}
textarea { min-block-size: 144px; resize: vertical; }
input[type="file"] { padding-block: 12px; }
input[type="radio"] { accent-color: var(--_accent); block-size: 24px; flex: none; inline-size: 24px; margin: 0; }
[aria-invalid="true"] { border-color: var(--_danger); border-width: 2px; }
label { display: block; font-weight: 600; }
a { color: var(--_accent); text-underline-offset: 3px; }
.card { background: var(--_paper); border: 1px solid var(--_hair); border-radius: var(--_radius); padding: 16px; }
.choice {
  align-items: center; background: var(--_paper); border: 1.5px solid var(--_line); border-radius: calc(var(--_radius) - 2px);
  cursor: pointer; display: flex; flex: 1 1 140px; gap: 12px; min-block-size: 56px; padding: 8px 16px;
}
.choice:has(:checked) { border-color: var(--_accent); box-shadow: inset 0 0 0 1px var(--_accent); }
.choice:has(:focus-visible) { outline: 3px solid var(--_accent); outline-offset: 3px; }
.choice :focus-visible { outline: none; }
summary { align-items: center; cursor: pointer; display: inline-flex; font-weight: 600; min-block-size: 44px; }
dl { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
dt { color: var(--_muted); font-size: var(--_small); }
@media (prefers-reduced-motion: no-preference) {
  button, .button, .choice { transition: filter 120ms, border-color 120ms; }
}
@media (forced-colors: active) {
  button, .button { border-color: ButtonText; }
  button.primary, .button.primary { background: ButtonFace; border-color: ButtonText; border-width: 3px; color: ButtonText; }
  button[aria-disabled="true"] { border-color: GrayText; color: GrayText; opacity: 1; }
  .choice:has(:checked) { border-color: Highlight; border-width: 3px; }
  .bad, button.danger { color: CanvasText; }
}
`;
