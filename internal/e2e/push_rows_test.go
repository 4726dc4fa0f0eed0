package e2e

import (
	"net/url"
	"testing"
)

// pushRows are the rows of push targets: everybody has one, on the phone that
// the role's session lives on.
func pushRows() map[string]rule {
	own := func(body func(role string) any) func(*testing.T, *cast, string) call {
		return func(_ *testing.T, _ *cast, role string) call {
			return call{path: devicePath("prepared-" + account(role)), body: body(role)}
		}
	}
	return map[string]rule{
		"setPushTarget":    {own(func(role string) any { return pushTarget("fcm:" + role) }), signedIn(204)},
		"removePushTarget": {own(func(string) any { return nil }), signedIn(204)},
	}
}

// pushBodies are bodies with every field of these calls.
func pushBodies() map[string]fields {
	return map[string]fields{"setPushTarget": pushTarget("fcm:khong-co")}
}

func pushTarget(address string) fields {
	return fields{"platform": "android", "pushToken": address, "tokenKind": "token", "appVersion": "1.4.0"}
}

// devicePath names an installation as phones do: escaped.
func devicePath(installation string) string { return "/v1/me/devices/" + url.PathEscape(installation) }
