package main

import (
	"context"
	"errors"
	"io"
)

func insertFloor(_ context.Context, _ string, _ io.Reader, _ io.Writer) error { return errors.New("todo") }
func hashFloor(_ context.Context, _ io.Reader, _ io.Writer) error          { return errors.New("todo") }
