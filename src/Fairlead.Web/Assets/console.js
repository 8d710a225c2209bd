// What needs the browser itself: the theme, the viewer's time zone, and charts that are pointed at or taken along.
'use strict';
(() => {
  const year = 31536000;
  const keep = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;max-age=${year};samesite=strict`;
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  keep('fairlead-zone', zone);
  window.fairlead = {
    zone: () => zone,
    // The rest of the page can be neither reached nor pressed while the dialog is open; Escape closes it.
    ask: dialog => dialog.showModal(),
    copy: text => navigator.clipboard.writeText(text),
    saveStream: async (name, stream) => save(new Blob([await stream.arrayBuffer()]), name),
  };

  const actions = {
    theme() {
      const root = document.documentElement;
      const now = root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
      root.dataset.theme = now === 'dark' ? 'light' : 'dark';
      keep('fairlead-theme', root.dataset.theme);
    },
    reload() { location.reload(); },
    'chart-csv'(button) {
      const rows = [...chartOf(button).querySelectorAll('table tr')].map(row => [...row.children]
        .map(cell => quote(cell.dataset.v ?? cell.textContent.trim())).join(','));
      save(new Blob([rows.join('\r\n') + '\r\n'], { type: 'text/csv' }), nameOf(button) + '.csv');
    },
    'chart-png'(button) { paint(chartOf(button)).then(blob => save(blob, nameOf(button) + '.png')); },
    copy(button) {
      navigator.clipboard.writeText(document.getElementById(button.dataset.of).textContent);
      button.dataset.done = '';
    },
  };
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-do]');
    if (button) actions[button.dataset.do](button);
  });

  const chartOf = button => button.closest('figure');
  const nameOf = button => chartOf(button).dataset.name.replace(/[^\w-]+/g, '-').toLowerCase();
  const quote = text => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  function save(blob, name) {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // Draws what is on the screen anew on a canvas of twice its size: shapes from the SVG, words where they stand.
  function paint(figure) {
    const plot = figure.querySelector('.plot');
    const frame = figure.getBoundingClientRect();
    const box = plot.getBoundingClientRect();
    const height = box.bottom - frame.top + 34;
    const canvas = Object.assign(document.createElement('canvas'), { width: frame.width * 2, height: height * 2 });
    const pen = canvas.getContext('2d');
    pen.scale(2, 2);
    pen.fillStyle = getComputedStyle(figure).backgroundColor;
    pen.fillRect(0, 0, frame.width, height);
    for (const line of plot.querySelectorAll('.grid, .level')) {
      const at = line.getBoundingClientRect();
      pen.strokeStyle = getComputedStyle(line).borderTopColor;
      pen.setLineDash(line.classList.contains('level') ? [4, 3] : []);
      pen.beginPath();
      pen.moveTo(at.left - frame.left, at.top - frame.top);
      pen.lineTo(at.right - frame.left, at.top - frame.top);
      pen.stroke();
    }
    pen.setLineDash([]);
    pen.save();
    pen.translate(box.left - frame.left, box.top - frame.top);
    for (const shape of plot.querySelectorAll('svg path, svg rect')) {
      const style = getComputedStyle(shape);
      const path = new Path2D();
      const scale = new DOMMatrix([box.width / 1000, 0, 0, box.height / 1000, 0, 0]);
      if (shape.tagName === 'rect') {
        const part = new Path2D();
        part.rect(...['x', 'y', 'width', 'height'].map(name => +shape.getAttribute(name)));
        path.addPath(part, scale);
      } else path.addPath(new Path2D(shape.getAttribute('d')), scale);
      pen.globalAlpha = +style.opacity;
      if (style.fill !== 'none') { pen.fillStyle = style.fill; pen.fill(path); }
      if (style.stroke !== 'none') { pen.strokeStyle = style.stroke; pen.lineWidth = 1.6; pen.stroke(path); }
      pen.globalAlpha = 1;
    }
    pen.restore();
    for (const words of figure.querySelectorAll(
      '.title, .unit, .legend > span, .ylabel, .xlabel, .levelname')) {
      const at = words.getBoundingClientRect();
      const style = getComputedStyle(words);
      const key = words.querySelector('.key');
      if (key) {
        const dot = key.getBoundingClientRect();
        pen.fillStyle = getComputedStyle(key).backgroundColor;
        pen.fillRect(dot.left - frame.left, dot.top - frame.top, dot.width, dot.height);
      }
      pen.fillStyle = style.color;
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      pen.textBaseline = 'middle';
      pen.fillText(words.textContent.trim(), at.left - frame.left + (key ? 14 : 0), (at.top + at.bottom) / 2 - frame.top);
    }
    return new Promise(done => canvas.toBlob(done, 'image/png'));
  }

  // What lies under the pointer is read from the chart's own table.
  function point(event) {
    const plot = event.target.closest?.('.plot');
    for (const other of document.querySelectorAll('.plot .tip:not([hidden])')) {
      if (other.parentElement === plot) continue;
      other.hidden = true;
      other.parentElement.querySelector('.cross').hidden = true;
    }
    if (!plot) return;
    const box = plot.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width * 100;
    const table = plot.closest('figure').querySelector('table');
    let near = null;
    for (const row of table.tBodies[0].rows) {
      const distance = Math.abs(parseFloat(row.dataset.x) - at);
      if (near === null || distance < near.distance) near = { row, distance };
    }
    if (near === null) return;
    const heads = [...table.tHead.rows[0].cells];
    const tip = plot.querySelector('.tip');
    const cross = plot.querySelector('.cross');
    tip.replaceChildren(...[...near.row.cells].map((cell, i) => {
      const line = document.createElement('div');
      line.textContent = i === 0 ? cell.textContent.trim() : heads[i].textContent.trim();
      if (i > 0) line.append(Object.assign(document.createElement('b'), { textContent: cell.textContent.trim() }));
      return line;
    }));
    tip.style.left = cross.style.left = near.row.dataset.x;
    tip.classList.toggle('left', parseFloat(near.row.dataset.x) > 60);
    tip.hidden = cross.hidden = false;
  }
  document.addEventListener('pointermove', point, { passive: true });
})();
