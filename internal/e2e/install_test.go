package e2e

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user of the image.
const nobody = 65532

// installed is a root folder as the image has it: the binary and a data folder
// of the user's own, nothing else.
type installed struct {
	root string
	vars []string
	asIs bool // the test is not run by root: no other user, no other root
}

func install(t *testing.T) *installed {
	t.Helper()
	dir := t.TempDir()
	i := &installed{root: dir, asIs: os.Getuid() != 0}
	binary, data := filepath.Join(dir, "sotay"), filepath.Join(dir, "data")
	script, err := filepath.Abs("../../scripts/build")
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command(script, binary)
	build.Env = append(os.Environ(), "VERSION=1.2.3-test")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if i.asIs {
		i.vars = []string{"HANDBOOK_DATA=" + data}
		return i
	}
	if err := os.Chown(data, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	// The parents of a test's folder are closed to others; whoever has the
	// folder for a root never passes them.
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	i.vars = []string{"HANDBOOK_DATA=/data"}
	return i
}

// command runs the binary as another user who sees nothing but the folder.
func (i *installed) command(args []string, vars ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(i.root, "sotay"), args...)
	cmd.Dir = i.root
	if !i.asIs {
		cmd.Path, cmd.Dir = "/sotay", "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: i.root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Env = append(append([]string{}, i.vars...), vars...)
	return cmd
}

// TestBinaryNeedsNothingBesideIt is the image without a container: another
// user, an empty root folder, no environment but ours.
func TestBinaryNeedsNothingBesideIt(t *testing.T) {
	t.Parallel()
	i := install(t)
	file, err := elf.Open(filepath.Join(i.root, "sotay"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if libs, err := file.ImportedLibraries(); err != nil || len(libs) > 0 || file.Section(".interp") != nil {
		t.Errorf("the binary is not static: %v, %v", libs, err)
	}

	addr := "HANDBOOK_ADDR=" + freeAddr(t)
	health := func(args ...string) (string, error) {
		out, err := i.command(append([]string{"healthcheck"}, args...), addr).CombinedOutput()
		return string(out), err
	}
	if out, err := health(); err == nil {
		t.Errorf("healthy without a server: %s", out)
	}
	var log bytes.Buffer
	server := i.command([]string{"serve"}, addr, "HANDBOOK_METRICS_ADDR=")
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	defer func() {
		if !stopped {
			_ = server.Process.Kill()
			_ = server.Wait()
		}
	}()
	eventually(t, patience, "the server is healthy", func() (bool, string) {
		out, err := health()
		return err == nil, out
	})
	if out, err := health("--ready"); err != nil {
		t.Errorf("not ready: %v\n%s", err, out)
	}
	if out, err := i.command([]string{"version"}).CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "sotay 1.2.3-test" {
		t.Errorf("version: %v\n%s", err, out)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err, stopped = server.Wait(), true
	if err != nil {
		t.Errorf("the server ended with %v\n%s", err, &log)
	}
	for _, name := range []string{"secret", "sotay.db"} {
		info, err := os.Stat(filepath.Join(i.root, "data", name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %s", name, info.Mode())
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; !i.asIs && owner != nobody {
			t.Errorf("%s belongs to user %d", name, owner)
		}
	}
}
