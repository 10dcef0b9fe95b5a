// The program comes in two files (split/): what a page needs at first, and the rest. Every function of the rest has a
// placeholder in the first, which calls `loadRest`.

// The page names the file, since it is what is never out of date. A program that is not split has no placeholders.
const NAME = document.querySelector('meta[name="rest"]')?.content;
const PLACE = NAME && new URL(NAME, document.baseURI);

let primary;
let isWhole = !NAME;

function complete(module) {
  if (isWhole) return;
  new WebAssembly.Instance(module, { primary });
  isWhole = true;
}

const compiled = (place) => WebAssembly.compileStreaming(fetch(place, { priority: 'low' }));

// A worker takes the bytes in, for which the page would stand still. Null where there can be none, or it has failed.
async function compiledAside() {
  const text = `(${compiled})(${JSON.stringify(PLACE)}).then(postMessage, () => postMessage(null))`;
  const script = URL.createObjectURL(new Blob([text]));
  let worker;
  try {
    worker = new Worker(script);
    return await new Promise((done, failed) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = failed;
    });
  } catch {
    return null;
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(script);
  }
}

// Fetches the rest while the page is shown already. The promise is kept when that has come to an end.
export async function begin(exports) {
  primary = exports;
  if (isWhole) return;
  try {
    complete((await compiledAside()) ?? (await compiled(PLACE)));
  } catch {
    // It is fetched when it is needed, and whoever needs it hears of what fails then.
  }
}

// What somebody is asked where the rest cannot be had.
let question = 'Try again?';
export function ask(text) {
  question = text;
}

// For what cannot wait: the page stands still until the rest is there. Such a request passes by a service worker.
export function loadRest() {
  while (!isWhole) {
    try {
      complete(new WebAssembly.Module(fetched()));
    } catch (error) {
      if (window.confirm(question)) continue;
      setTimeout(stop, 500);
      throw error;
    }
  }
}

// The program says by itself that it failed, unless what says so is in the rest, too.
function stop() {
  if (document.querySelector('[role="alertdialog"]')) return;
  const told = document.createElement('section');
  told.className = 'crash';
  told.setAttribute('role', 'alertdialog');
  const again = document.createElement('a');
  again.href = '';
  again.textContent = question;
  told.append(again);
  document.body.append(told);
  again.focus();
}

function fetched() {
  const request = new XMLHttpRequest();
  request.open('GET', PLACE, false);
  // The only way to bytes that a page has without waiting for an event.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`${PLACE}: ${request.status}`);
  return Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0));
}
