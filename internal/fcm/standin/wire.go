package standin

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// grpcStatus are the names that Google's APIs give to statuses.
var grpcStatus = map[int]string{
	http.StatusBadRequest:          "INVALID_ARGUMENT",
	http.StatusUnauthorized:        "UNAUTHENTICATED",
	http.StatusForbidden:           "PERMISSION_DENIED",
	http.StatusNotFound:            "NOT_FOUND",
	http.StatusTooManyRequests:     "RESOURCE_EXHAUSTED",
	http.StatusInternalServerError: "INTERNAL",
	http.StatusServiceUnavailable:  "UNAVAILABLE",
}

// failure is an error as Google's APIs write it; with a code, FCM speaks in it.
func failure(status int, code, why string) any {
	e := map[string]any{"code": status, "message": why, "status": grpcStatus[status]}
	if code != "" {
		e["details"] = []any{map[string]string{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}}
	}
	return map[string]any{"error": e}
}

// write answers with JSON, or with the first half of it.
func write(w http.ResponseWriter, status int, v any, c cut) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if c != midway {
		_, _ = w.Write(body) // the client may have gone
		return
	}
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
