package vault

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The test binary runs itself as the process that is killed. The variable holds what the child
// is to do, a space, and the vault's folder.
const childVariable = "DOSSIER_VAULT_TEST_CHILD"

func TestMain(m *testing.M) {
	if task, dir, ok := strings.Cut(os.Getenv(childVariable), " "); ok {
		if err := child(task, dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(task, dir string) error {
	v, err := Open(dir)
	if err != nil {
		return err
	}
	switch task {
	case "stop": // comes to rest in the middle of a Put
		_, _, err := v.Put(ctx, io.MultiReader(bytes.NewReader(content(0)[:2<<20]), readerFunc(func([]byte) (int, error) {
			fmt.Println("half")
			select {}
		})), noLimit)
		return err
	case "full": // the disk takes no more than a part of the file
		if err := limitFileSize(1 << 20); err != nil {
			return err
		}
		_, _, err := v.Put(ctx, bytes.NewReader(content(0)), noLimit)
		return err
	}
	for i := 0; ; i++ { // puts one file after the other and says when each is there
		sha, _, err := v.Put(ctx, bytes.NewReader(content(i)), noLimit)
		if err != nil {
			return err
		}
		fmt.Println("done", sha)
	}
}

// content is the i-th of the files a child puts in: up to 3 MiB, so that most of the time a Put
// is under way.
func content(i int) []byte {
	line := "document " + strconv.Itoa(i) + "\n"
	return bytes.Repeat([]byte(line), (3<<20-i%7)/len(line))
}

func start(t *testing.T, task, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+task+" "+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// A process killed while it copies leaves no original, and what it leaves in incoming/ is gone
// when the vault is next opened.
func TestKilledInTheMiddleOfPut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	cmd, out := start(t, "stop", dir)
	if !out.Scan() || out.Text() != "half" {
		t.Fatalf("the child said %q", out.Text())
	}
	cmd.Process.Kill()
	cmd.Wait()

	left, err := os.ReadDir(filepath.Join(dir, "incoming"))
	if err != nil || len(left) != 2 {
		t.Fatalf("incoming/ holds %v, %v; want the lock and the half file", left, err)
	}
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, v); len(got) != 0 {
		t.Errorf("after opening, the vault holds %v", got)
	}
	if sha := put(t, v, string(content(0))); v.Verify(ctx, sha) != nil {
		t.Error("the same file, put in again, is not whole")
	}
}

// Killed at any moment: what was said to be there is there, everything there is whole, and the
// next process goes on where the last one was.
func TestKilledAtAnyMoment(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	done := map[string]bool{}
	for round := range 25 {
		cmd, out := start(t, "loop", dir)
		if round%5 != 0 { // each fifth time perhaps before the first file
			if !out.Scan() {
				t.Fatal("the child said nothing")
			}
			note(t, done, out.Text())
		}
		time.Sleep(rand.N(12 * time.Millisecond))
		cmd.Process.Kill()
		for out.Scan() {
			note(t, done, out.Text())
		}
		cmd.Wait()

		v, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		r, err := v.VerifyAll(ctx, nil)
		if err != nil || !r.OK() || len(r.Strange) != 0 {
			t.Fatalf("round %d: %+v, %v", round, r, err)
		}
		for sha := range done {
			if has, err := v.Has(sha); !has {
				t.Fatalf("round %d: %s was said to be there: %v", round, sha, err)
			}
		}
		if n := len(files(t, v)); n != r.Files {
			t.Fatalf("round %d: %d files for %d originals", round, n, r.Files)
		}
		// At most one file may have got its name without the child having come to say so.
		if r.Files > len(done)+1+round {
			t.Fatalf("round %d: %d originals, %d were put in", round, r.Files, len(done))
		}
	}
	if len(done) == 0 {
		t.Error("no child ever finished a Put")
	}
}

func note(t *testing.T, done map[string]bool, line string) {
	t.Helper()
	if sha, ok := strings.CutPrefix(line, "done "); ok {
		done[sha] = true
	} else {
		t.Fatalf("the child said %q", line)
	}
}

// When the disk takes no more, the vault says so and nothing of the file is left.
func TestPutOnFullDisk(t *testing.T) {
	if err := limitFileSize(-1); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("no limit on the size of files here")
	}
	dir := filepath.Join(t.TempDir(), "vault")
	cmd, out := start(t, "full", dir)
	if !out.Scan() || !strings.HasPrefix(out.Text(), "error putting a file into the vault: writing ") {
		t.Errorf("the child said %q, want the vault's error", out.Text())
	}
	cmd.Wait()
	v := &Vault{dir} // not opened: nothing may be left for a sweep to do
	if got := files(t, v); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}
