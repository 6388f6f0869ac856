// Tells pollTestAnnounce what a screen reader would speak: what changes in live regions, once for each batch of changes.
(() => {
  if (window.pollTestWatching) return;
  window.pollTestWatching = true;

  const LIVE = '[role=status], [role=alert], [role=log], output, [aria-live=polite], [aria-live=assertive]';
  const ATOMIC_BY_ROLE = '[role=status], [role=alert], output';

  const tidy = (text) => text.replace(/\s+/g, ' ').trim();

  // The nearest region speaks; one that is switched off, hidden or in a hidden frame does not.
  const regionOf = (node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const region = element && element.closest(`${LIVE}, [aria-live=off]`);
    if (!region || region.matches('[aria-live=off]') || region.closest('[aria-hidden=true], [inert]')) return null;
    if (window.frameElement && window.frameElement.closest('[aria-hidden=true], [inert]')) return null;
    return region.checkVisibility({ visibilityProperty: true }) ? region : null;
  };

  const isAtomic = (region) => {
    const said = region.getAttribute('aria-atomic');
    return said === null ? region.matches(ATOMIC_BY_ROLE) : said === 'true';
  };

  // What a change brought: text that is there and is not only space. What goes away is not spoken.
  const arrivals = (mutation) => {
    const nodes = mutation.type === 'characterData' ? [mutation.target] : [...mutation.addedNodes];
    return nodes.filter((node) => node.isConnected && tidy(node.textContent));
  };

  const alertsWithin = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    const found = [...node.querySelectorAll('[role=alert]')];
    return node.matches('[role=alert]') ? [node, ...found] : found;
  };

  // A region that arrives whole, with its text, speaks only when it is an alert.
  const collect = (mutations) => {
    const news = new Map();
    const add = (region, node) => {
      if (!news.has(region)) news.set(region, new Set());
      news.get(region).add(node);
    };
    for (const mutation of mutations) {
      for (const node of arrivals(mutation)) {
        const region = regionOf(mutation.target);
        if (region) add(region, node);
        else alertsWithin(node).filter(regionOf).forEach((alert) => add(alert, alert));
      }
    }
    return news;
  };

  const start = () => {
    new MutationObserver((mutations) => {
      for (const [region, nodes] of collect(mutations)) {
        const parts = isAtomic(region) ? [region] : [...nodes];
        const text = tidy(parts.map((part) => part.textContent).join(' '));
        if (text) window.pollTestAnnounce(text);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  };

  // While the first page is read nothing is announced; regions arrive with their text then.
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start, { once: true });
  else start();
})();
