# What happens while the session is recorded, by the tenths of a second from its beginning.
begin=${EPOCHREALTIME/./}
at() {
	local left=$((begin + $1 * 100000 - ${EPOCHREALTIME/./}))
	[ $left -le 0 ] || sleep "$(printf '%d.%06d' $((left / 1000000)) $((left % 1000000)))"
}

curl -sN -o /dev/null http://127.0.0.1:3000/events &
at 23
python3 health.py &
at 45
# Its standard input stays open, so that it goes on waiting for a command.
sleep 24 | dlv connect 127.0.0.1:2345 >/dev/null 2>&1 &
at 75
curl -s --limit-rate 3M -o /dev/null http://127.0.0.1:8000/handbook.pdf &
at 95
curl -s -o /dev/null http://127.0.0.1:3000/orders
at 116
sleep 18 | node inspect 127.0.0.1:9229 >/dev/null 2>&1 &
at 134
python3 export.py &
at 155
curl -s -o /dev/null 'http://[::1]:5173/style.css'
at 165
python3 -m http.server 4173 --bind 127.0.0.1 --directory manual 2>/dev/null &
preview=$!
at 205
pkill -TERM -f 'node server.js'
at 245
curl -sN -o /dev/null http://127.0.0.1:3000/events &
at 275
kill $preview
at 305
curl -s -o /dev/null http://127.0.0.1:3000/orders
