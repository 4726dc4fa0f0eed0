package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"sotay/internal/store"
)

// readError names the end of the context when that was the cause.
func readError(ctx context.Context, err error) error {
	if cerr := ctx.Err(); cerr != nil && !errors.Is(err, cerr) {
		return fmt.Errorf("mongodb: %w (%w)", cerr, err)
	}
	return fmt.Errorf("mongodb: %w", err)
}

// writeError says what is known of a write that failed.
func writeError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case mongo.IsDuplicateKeyError(err):
		return fmt.Errorf("mongodb: %w: %w", store.ErrClash, err)
	case unsent(err):
		return readError(ctx, err)
	case refused(err):
		return fmt.Errorf("mongodb: %w", err)
	}
	return fmt.Errorf("mongodb: %w: %w", store.ErrUncertain, err)
}

// unsent tells that no server or no connection was found to send it on.
func unsent(err error) bool {
	return errors.As(err, &topology.ServerSelectionError{}) || errors.As(err, &topology.WaitQueueTimeoutError{})
}

// refused tells that the server answered that it would not write. It does not
// hold for what interrupts a write that may have begun.
func refused(err error) bool {
	var we mongo.WriteException
	if errors.As(err, &we) {
		return we.WriteConcernError == nil
	}
	var ce mongo.CommandError
	if !errors.As(err, &ce) || mongo.IsNetworkError(err) || mongo.IsTimeout(err) || ce.HasErrorLabel("RetryableWriteError") {
		return false
	}
	for _, code := range interruptions {
		if ce.HasErrorCode(code) {
			return false
		}
	}
	return true
}

// interruptions are the codes with which a server gives up an operation:
// unreachable or slow members, step-down, shutdown, time limits, kill.
var interruptions = [...]int{
	6, 7, 24, 50, 64, 89, 91, 189, 262, 317, 358, 9001,
	10058, 10107, 11600, 11601, 11602, 13435, 13436,
}
