/*
 * The walls of the house (ARCHITECTURE.md). `npm run check` runs them over the tree, test/floors.test.ts proves that
 * each catches what it is for. A room that is not listed here has no floor and may not be imported.
 */

/** From the ground up; rooms on one floor never import each other. */
const FLOORS = [
  ['platform'],
  ['trust'],
  ['patient'],
  ['record'],
  ['triage'],
  ['conversation'],
  ['channels', 'assistant', 'routing', 'outreach', 'payments'],
  ['desk'],
  ['quality', 'workforce', 'insight'],
];
const ROOMS = FLOORS.flat();
/** What rules read and what holds nothing but data: the words of triage, the shapes of FHIR. As pure as rules. */
const DATA_OF_RULES = 'lexicon|fhir';
const TEST = '\\.test\\.tsx?$';

const upwards = FLOORS.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    name: `floor-of-${room}`,
    comment: `server/${room} imports only from the floors below it.`,
    severity: 'error',
    from: { path: `^server/${room}/` },
    to: {
      path: `^server/(${FLOORS.slice(floor)
        .flat()
        .filter((other) => other !== room)
        .join('|')})/`,
    },
  })),
).filter((rule) => !rule.to.path.includes('()'));

const privacy = ROOMS.map((room) => ({
  name: `internal-of-${room}`,
  comment: `server/${room}/internal is for server/${room} alone, not for main.ts either.`,
  severity: 'error',
  from: { pathNot: `^server/${room}/` },
  to: { path: `^server/${room}/internal/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwards,
    {
      name: 'no-circles',
      // main.ts fetches the demo at run time, when asked to: that is no way back up
      comment: 'A circle has no top to read down from.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    {
      name: 'known-rooms',
      comment: 'A new room gets a floor in .dependency-cruiser.cjs first.',
      severity: 'error',
      from: {},
      to: { path: '^server/[^/]+/', pathNot: `^server/(${ROOMS.join('|')})/` },
    },
    {
      name: 'main-is-the-top',
      comment: 'server/main.ts knows every room; no room knows it.',
      severity: 'error',
      from: { path: '^(server|web|sim)/', pathNot: [TEST, '^server/main\\.ts$'] },
      to: { path: '^server/[^/]+\\.ts$' },
    },
    {
      name: 'contract-is-a-contract',
      comment: 'contract.ts holds zod schemas and types: it imports zod and contracts.',
      severity: 'error',
      from: { path: '^server/.+/contract\\.ts$' },
      to: { pathNot: ['(^|/)node_modules/zod/', '^server/.+/contract\\.ts$'] },
    },
    {
      name: 'rules-are-pure',
      comment:
        'rules.ts is pure: it imports rules and contracts, no clock, no database, no network. So are the data it reads.',
      severity: 'error',
      from: { path: `^server/.+/(rules|${DATA_OF_RULES})\\.ts$` },
      to: { pathNot: [`^server/.+/(rules|contract|${DATA_OF_RULES})\\.ts$`] },
    },
    ...privacy,
    {
      name: 'a-channel-is-a-folder',
      comment: 'One channel never imports another; what they share is server/channels/*.ts.',
      severity: 'error',
      from: { path: '^server/channels/([^/]+)/' },
      to: { path: '^server/channels/([^/]+)/', pathNot: '^server/channels/$1/' },
    },
    {
      name: 'web-knows-contracts',
      comment: 'web/ takes only contract.ts files from server/.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^server/', pathNot: '^server/.+/contract\\.ts$' },
    },
    {
      name: 'sim-knows-contracts-and-rules',
      comment: 'sim/ takes only contract.ts and rules.ts files from server/.',
      severity: 'error',
      from: { path: '^sim/' },
      to: { path: '^server/', pathNot: '^server/.+/(contract|rules)\\.ts$' },
    },
    {
      name: 'server-stands-alone',
      comment: 'The server knows no demo, no page, no test; main.ts starts the demo.',
      severity: 'error',
      from: { path: '^server/', pathNot: [TEST, '^server/main\\.ts$'] },
      to: { path: '^(demo|web|sim|bench|test|bin)/' },
    },
    {
      name: 'nobody-imports-a-test',
      severity: 'error',
      from: {},
      to: { path: TEST },
    },
    {
      name: 'no-barrels',
      comment: 'Import the file that says it.',
      severity: 'error',
      from: {},
      to: { path: '(^|/)index\\.tsx?$', pathNot: 'node_modules' },
    },
    {
      name: 'no-empty-names',
      comment: 'Manager, Service, Helper and Util say nothing: name what it is.',
      severity: 'error',
      from: {},
      to: {
        path: '(manager|service|helper|util)s?\\.tsx?$|/(helpers?|utils?|services?|managers?)/',
        pathNot: 'node_modules',
      },
    },
    {
      name: 'what-is-imported-exists',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that is used stands in package.json; the server uses no development packages.',
      severity: 'error',
      from: { path: '^server/', pathNot: [TEST, '/conformance\\.ts$'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.hebra|coverage)/' },
    // TypeScript 7 has no API that dependency-cruiser can parse with: without swc it would find no modules at all
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
