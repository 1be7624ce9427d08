// Asks the queue for work, over one connection.
const queue = require('net').connect(7711, '127.0.0.1');
queue.on('data', () => {});
setInterval(() => queue.write('next\n'), 500);
