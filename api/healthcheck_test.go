package main

import "testing"

func TestServerThatListensEverywhereIsAskedOnTheLoopback(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"0.0.0.0:8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080", "[::]:8080": "[::1]:8080",
		"127.0.0.1:1": "127.0.0.1:1", "10.0.0.7:8080": "10.0.0.7:8080", "sotay.example:80": "sotay.example:80", "[fe80::1]:9": "[fe80::1]:9",
	} {
		if got := reachable(listen); got != want {
			t.Errorf("%s is asked at %s, want %s", listen, got, want)
		}
	}
}
