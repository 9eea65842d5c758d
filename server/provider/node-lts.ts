// The engine warns, as it loads, about a Node whose release has no LTS name, which the pinned one is (issue of the
// npm packages that carry it). Nothing else is kept quiet. Imported before everything that imports the engine.
if (!process.release.lts) Object.defineProperty(process.release, 'lts', { value: 'pinned', configurable: true })
