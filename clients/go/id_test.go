package qtasks_test

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

func TestTaskIDsAreUUIDv7InOrder(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
	last := ""
	for range 20_000 {
		id := qtasks.NewTaskID()
		if !form.MatchString(id) || id <= last {
			t.Fatalf("%s is no UUIDv7 after %s", id, last)
		}
		last = id
	}
	millis := time.Now().UnixMilli()
	id := qtasks.NewTaskID()
	made, err := strconv.ParseInt(id[:8]+id[9:13], 16, 64)
	must(t, err)
	if made < millis || made > millis+1000 {
		t.Fatalf("the id was made at %d, not at %d", made, millis)
	}
}
