package push

import "time"

// QuotaPause is how long to stop when a quota is used up and nobody says for how
// long.
const QuotaPause = time.Minute

const (
	// firstWait is the least that FCM asks for after a failure of its own.
	firstWait = 10 * time.Second
	// longestWait leaves room for jitter below the hour that FCM allows.
	longestWait = 40 * time.Minute
)

// Backoff is how long to wait after the try-th failure (1 is the first): from
// ten seconds, doubling, at most an hour. What the service asked for in after
// wins over that. Jitter, from 0 to 1, adds up to half as much, or a tenth to
// after, so that those who failed together don't come back together.
func Backoff(try int, after time.Duration, jitter float64) time.Duration {
	if after > 0 {
		return spread(after, jitter)
	}
	wait := firstWait
	for n := 1; n < try && wait < longestWait; n++ {
		wait = min(2*wait, longestWait)
	}
	return wait + time.Duration(float64(wait/2)*clamp(jitter))
}

// spread adds up to a tenth to a wait, and never takes anything from it.
func spread(wait time.Duration, jitter float64) time.Duration {
	return wait + time.Duration(float64(wait/10)*clamp(jitter))
}

func clamp(jitter float64) float64 { return min(max(jitter, 0), 1) }
