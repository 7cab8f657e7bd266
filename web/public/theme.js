// Runs before the first paint, so that a dark page does not flash white.
try {
  var theme = localStorage.getItem('posecraft.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // No storage: the system's choice stands.
}
