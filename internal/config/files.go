package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxValue bounds a value that is kept in a file, in bytes.
const maxValue = 64 << 10

// readFiles puts values that lie in files in their places. An environment is
// seen by more eyes than a file: a container's engine shows it to whoever may
// list containers.
func (c *Config) readFiles() []error {
	var out []error
	for _, f := range []struct {
		name, path string
		value      *string
	}{
		{"HANDBOOK_MONGODB_URI", c.MongoDBURIFile, &c.MongoDBURI},
		{"HANDBOOK_SECRET", c.SecretFrom, &c.Secret},
	} {
		if f.path == "" {
			continue
		}
		if *f.value != "" {
			out = append(out, fmt.Errorf("%s_FILE: %s is given as well", f.name, f.name))
			continue
		}
		value, err := readValue(f.path)
		if err != nil {
			out = append(out, fmt.Errorf("%s_FILE: %w", f.name, err))
			continue
		}
		*f.value = value
	}
	return out
}

// readValue reads a short text without the blanks around it.
func readValue(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxValue+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	value := strings.TrimSpace(string(text))
	switch {
	case len(text) > maxValue:
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxValue)
	case value == "":
		return "", fmt.Errorf("%s is empty", path)
	}
	return value, nil
}
