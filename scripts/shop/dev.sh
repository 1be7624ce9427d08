# What a developer starts in the morning.
mkdir -p manual
truncate -s 30M manual/handbook.pdf
python3 jobs.py &
python3 statsd.py &
node assets.js &
python3 -m http.server 8000 --bind 0.0.0.0 --directory manual 2>/dev/null &
dlv exec --headless --continue --accept-multiclient --listen=127.0.0.1:2345 ./orders >/dev/null 2>&1 &
sleep 1
node --inspect=127.0.0.1:9229 worker.js 2>/dev/null &
# Starts the server anew whenever it ends, as nodemon and its like do.
while :; do
	node server.js --port 3000
	sleep 2
done
