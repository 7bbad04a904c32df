// Asks for the account first, then shows the drawing surface for it: one question a screen.
const who = document.querySelector('#who');
const draw = document.querySelector('#draw');
const name = document.querySelector('#name');
const missing = document.querySelector('#missing');

who.addEventListener('submit', (event) => {
  event.preventDefault();
  const account = name.value.trim();
  missing.hidden = account !== '';
  if (account === '') {
    name.focus();
    return;
  }
  const ceremony = document.querySelector('#ceremony').content.firstElementChild.cloneNode(true);
  ceremony.setAttribute('subject', account);
  who.hidden = true;
  document.querySelector('#other').hidden = true;
  draw.hidden = false;
  draw.replaceChildren(ceremony);
});
