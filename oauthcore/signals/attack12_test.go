package signals

import "testing"

func TestAttackVersions(t *testing.T) {
	for _, v := range []string{"v2.1.400", " 2.1.400", "2.1.400 (Claude Code)", "2.1.330-beta.2", "2.2", "3", "2.1.0332"} {
		if !AtLeast(v, QuotaSince) {
			t.Errorf("%q is taken for an older version", v)
		}
	}
}
