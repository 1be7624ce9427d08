// Pictures and styles, on IPv6 alone, as some development servers do.
require('http').createServer((req, res) => res.end('body { margin: 0 }\n')).listen(5173, '::1');
