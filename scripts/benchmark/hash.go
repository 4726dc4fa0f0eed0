package main

import (
	"context"
	"io"
)

func hashFloor(ctx context.Context, in io.Reader, out io.Writer) error { return nil }
func (m *measuring) writes(ctx context.Context) error     { return nil }
func (m *measuring) publishing(ctx context.Context) error { return nil }
func (m *measuring) starts(ctx context.Context) error     { return nil }
func (m *measuring) logins(ctx context.Context) error     { return nil }
func (m *measuring) kills(ctx context.Context) error      { return nil }
