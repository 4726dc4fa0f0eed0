package fcm

import (
	"net"
	"net/http"
	"time"
)

// network is a transport for a few calls at once, each with the SDK's fifty
// requests. FCM speaks HTTP/2, a stand-in on loopback does not: without idle
// connections enough each message there would cost a new one.
func network() *http.Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        400,
		MaxIdleConnsPerHost: 400,
		IdleConnTimeout:     90 * time.Second,
		// A connection that died without a word would otherwise swallow every
		// request until the system notices.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
}
