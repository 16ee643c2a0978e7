// Script adds what a page without it does not need: finding, filtering and ordering documents, sorting tables.
(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const plain = text => text.replace(/,/g, '').replace('−', '-');
const documents = all('.d');
const tools = document.getElementById('tools');
if (tools && documents.length) {
const kinds = [...new Set(documents.map(d => d.querySelector('summary').firstChild.data))];
tools.innerHTML = '<label>Find <input type=search placeholder="number, amount, customer, word"></label>'
+ '<label>Kind <select><option value="">All</option>' + kinds.map(kind => '<option>' + kind + '</option>').join('') + '</select></label>'
+ '<label>Order <select><option value=0>As at the till</option><option value=1>Largest first</option><option value=2>By number</option></select></label>'
+ '<button type=button>Open all shown</button><output aria-live=polite></output>';
const [find] = all('input', tools);
const [kind, order] = all('select', tools);
const [open] = all('button', tools);
const [shown] = all('output', tools);
const groups = all('.grp');
const known = new Map(documents.map((d, place) => {
const cells = d.querySelector('summary').children;
const text = d.textContent;
return [d, { place, kind: d.querySelector('summary').firstChild.data, number: cells[0].textContent,
amount: +plain(cells[2].textContent), text: (text + ' ' + plain(text)).toLowerCase() }];
}));
const filter = () => {
const word = find.value.toLowerCase().trim();
let count = 0;
for (const [d, of] of known) {
d.hidden = !(of.text.includes(word) && (!kind.value || of.kind === kind.value));
count += !d.hidden;
}
groups.forEach(group => { group.hidden = !group.querySelector('.d:not([hidden])'); });
shown.value = count === documents.length ? '' : count + ' of ' + documents.length;
};
find.oninput = filter;
kind.onchange = filter;
order.onchange = () => groups.forEach(group => all('.d', group).sort((a, b) => {
const [one, other] = [known.get(a), known.get(b)];
return order.value === '1' ? other.amount - one.amount
: order.value === '2' ? one.number.localeCompare(other.number)
: one.place - other.place;
}).forEach(d => group.append(d)));
open.onclick = () => {
const visible = documents.filter(d => !d.hidden);
const close = visible.every(d => d.open);
visible.forEach(d => { d.open = !close; });
};
}
const reach = () => {
const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (target && target.tagName === 'DETAILS') {
target.hidden = false;
target.open = true;
target.scrollIntoView();
}
};
addEventListener('hashchange', reach);
reach();
for (const table of all('table.srt')) {
const body = table.tBodies[0];
const rows = [...body.rows];
const heads = [...table.tHead.rows];
const value = cell => {
const text = plain(cell.textContent).trim();
const number = parseFloat(text);
return isNaN(number) ? text : text.endsWith('Cr') ? -number : number;
};
const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? b - a
: typeof a === 'number' ? -1 : typeof b === 'number' ? 1 : a.localeCompare(b);
const columns = [];
const taken = heads.map(() => []);
heads.forEach((row, level) => {
let column = 0;
for (const head of row.cells) {
while (taken[level][column]) column++;
for (let down = 0; down < head.rowSpan; down++) {
for (let right = 0; right < head.colSpan; right++) taken[level + down][column + right] = true;
}
if (head.colSpan === 1) columns.push([head, column]);
column += head.colSpan;
}
});
for (const [head, column] of columns) {
const button = document.createElement('button');
button.type = 'button';
button.append(...head.childNodes);
head.append(button);
button.onclick = () => {
const sorted = head.getAttribute('aria-sort') === 'descending';
all('th', table.tHead).forEach(other => other.removeAttribute('aria-sort'));
if (!sorted) head.setAttribute('aria-sort', 'descending');
const order = sorted ? rows : [...rows].sort((a, b) => compare(value(a.cells[column]), value(b.cells[column])));
order.forEach(row => body.append(row));
};
}
}
})();
