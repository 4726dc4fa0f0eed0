package fcm

import (
	"net/http"
	"testing"

	sdk "firebase.google.com/go/v4"
	"google.golang.org/api/option"

	"sotay/internal/fcm/standin"
	"sotay/internal/push"
)

// What our transport costs, beside the SDK by itself on the same connections.
func BenchmarkPage(b *testing.B) {
	page, m := targets(push.MaxTargets), message()
	b.Run("sender", func(b *testing.B) {
		_, s := bed(b, standin.Options{}, Options{})
		for b.Loop() {
			if out := s.Send(b.Context(), m, page); out[0].Class != push.Accepted {
				b.Fatal(out[0])
			}
		}
	})
	b.Run("sdk", func(b *testing.B) {
		url := serve(b, standin.New(standin.Options{}))
		carrier := network()
		b.Cleanup(carrier.CloseIdleConnections)
		app, err := sdk.NewApp(b.Context(), &sdk.Config{ProjectID: testProject}, option.WithEndpoint(url+"/v1"),
			option.WithHTTPClient(&http.Client{Transport: carrier}))
		if err != nil {
			b.Fatal(err)
		}
		client, err := app.Messaging(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		messages := compose(m, page, make([]push.Outcome, len(page)), frozen)
		for b.Loop() {
			if got, err := client.SendEach(b.Context(), messages); err != nil || got.FailureCount > 0 {
				b.Fatal(err)
			}
		}
	})
}
