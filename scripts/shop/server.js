// The shop itself: short answers, and a stream of events that stays open.
const http = require('http');

const orders = JSON.stringify(Array.from({ length: 60 }, (_, i) => ({ order: 1000 + i, paid: i % 3 > 0 })));

http.createServer((req, res) => {
  if (req.url !== '/events') {
    res.end(orders);
    return;
  }
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const beat = setInterval(() => res.write(`data: ${orders}\n\n`), 400);
  res.on('close', () => clearInterval(beat));
}).listen(Number(process.argv[3] || 3000), '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));
