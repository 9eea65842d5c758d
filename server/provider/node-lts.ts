// The engine warns, as it loads, about a Node whose release has no LTS name, such as the pinned one (a defect of the
// npm packages that carry it). This keeps no other warning quiet. Imported before everything that imports the engine.
if (!process.release.lts) Object.defineProperty(process.release, 'lts', { value: 'pinned', configurable: true })
