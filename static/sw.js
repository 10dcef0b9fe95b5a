// Keeps the page's files, so that it opens without a network. The build fills in what these are.
const VERSION = '{{version}}';
const FILES = ['{{files}}'];

// Several pages may share an origin, and their caches with it.
const PREFIX = `datapath-lab ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;

self.addEventListener('install', (event) => {
  const fresh = FILES.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith(PREFIX) && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// A page that is open goes on with its own version until its user asks for the new one.
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(request.mode === 'navigate' ? page(request) : file(request));
});

// The network first, which has the newest version.
async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    return response.ok ? response : ((await cache.match('./')) ?? response);
  } catch (offline) {
    const kept = await cache.match('./');
    if (kept) return kept;
    throw offline;
  }
}

// A name has the hash of what is in it.
async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}
