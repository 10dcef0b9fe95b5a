export default {
  title: 'A site with a figure',
  url: 'https://example.org',
  baseUrl: '/docusaurus/build/',
  onBrokenLinks: 'throw',
  // Registers the element in browsers; where pages are rendered beforehand, it does nothing.
  clientModules: ['./src/figure.js'],
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false, pages: false }]],
};
