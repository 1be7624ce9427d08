package ui

import (
	"reflect"
	"syscall"
	"testing"
	"time"

	"lotop/model/bind"
	"lotop/model/modeltest"
)

// Every text has words of its own for Windows, and none of them is Linux's.
func TestWordsOfWindows(t *testing.T) {
	unix, windows := reflect.ValueOf(WordingFor("linux")), reflect.ValueOf(WordingFor("windows"))
	args := map[reflect.Type]reflect.Value{
		reflect.TypeFor[*bind.Remedy]():  reflect.ValueOf(&bind.Remedy{Action: bind.StopUnit, Unit: "Spooler"}),
		reflect.TypeFor[time.Duration](): reflect.ValueOf(3 * time.Second),
	}
	for i := range windows.NumMethod() {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
			args[reflect.TypeFor[syscall.Signal]()] = reflect.ValueOf(sig)
			var in []reflect.Value
			for k := range windows.Method(i).Type().NumIn() {
				in = append(in, args[windows.Method(i).Type().In(k)])
			}
			here, there := unix.Method(i).Call(in)[0].String(), windows.Method(i).Call(in)[0].String()
			if word := modeltest.UnixTerm(there); word != "" || here == there || there == "" {
				t.Errorf("%s: %q on Windows, %q elsewhere", windows.Type().Method(i).Name, there, here)
			}
		}
	}
}
