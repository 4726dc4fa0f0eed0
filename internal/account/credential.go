package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// UsernameTaken answers the making of an account under a name in use.
var UsernameTaken = fault.New(fault.Conflict, "username_taken",
	"Tên đăng nhập này đã có người dùng.", "This username is taken.").
	At("/username", "taken", "Hãy chọn tên đăng nhập khác.", "Choose another username.")

// AccountExists answers the making of a second account for a member.
var AccountExists = fault.New(fault.Conflict, "account_exists",
	"Đảng viên này đã có tài khoản với tên đăng nhập khác.",
	"This member already has an account under another username.")

// maxUsername is in characters.
const maxUsername = 64

// credential is how one member proves who that is. _id is the member's id.
type credential struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	// Username is folded, see foldUsername.
	Username string `bson:"username"`
	// Hash is argon2id in the PHC string format, "" while there is no password.
	Hash string `bson:"hash"`
	// Epoch counts the changes of the password. A session remembers the epoch
	// that it was signed in under.
	Epoch int64 `bson:"epoch"`
	// Code is the newest activation code, nil when none was issued.
	Code *issuedCode `bson:"code"`
	// Consent is the newest agreement to a privacy notice, nil when there was
	// none.
	Consent *consent `bson:"consent"`
}

func credentialSchema() *store.Schema {
	return &store.Schema{Name: "credentials", Majority: true, Indexes: []store.Index{
		{Name: "username", Unique: true, Fields: []store.Field{{Path: "username", Type: store.String}}},
		effect.Index(),
	}}
}

// foldUsername is the one spelling of a username: NFC, lower case, without
// spaces around it. Marks stay: they tell names apart.
func foldUsername(s string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(s, "\ufffd")))))
}

func checkUsername(folded string) error {
	n := utf8.RuneCountInString(folded)
	odd := strings.ContainsFunc(folded, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar
	})
	if n == 0 || n > maxUsername || odd {
		return fault.BadInput.At("/username", "invalid",
			"Tên đăng nhập có từ 1 đến 64 ký tự, không có khoảng trắng.",
			"A username has 1 to 64 characters and no space.")
	}
	return nil
}

// Create makes the account of a member. Done twice for the same member and
// username it is done once, and the first password stays. Errors:
// UsernameTaken, AccountExists, WeakPassword, fault.BadInput.
func (s *Service) Create(ctx context.Context, memberID, username, password string) error {
	username, password = foldUsername(username), normPassword(password)
	if err := checkUsername(username); err != nil {
		return err
	}
	if err := s.policy.check(password, username, "/password"); err != nil {
		return err
	}
	// Asked first so that a repeated seed costs no hash; the insert decides.
	done, err := s.created(ctx, memberID, username)
	if done || err != nil {
		return err
	}
	row := credential{Meta: store.Meta{ID: memberID}, Username: username, Epoch: 1}
	if err := s.gate.do(ctx, func() { row.Hash = s.hasher.hash(password) }); err != nil {
		return err
	}
	err = s.credentials.Insert(ctx, &row)
	switch {
	case store.IsDuplicate(err, "_id"):
		_, err = s.created(ctx, memberID, username)
		return err
	case store.IsDuplicate(err, "username"):
		return UsernameTaken.Because(err)
	case err != nil:
		return fmt.Errorf("create account of %s: %w", memberID, err)
	}
	return nil
}

// created tells whether the member has this account already, and answers
// AccountExists for another one.
func (s *Service) created(ctx context.Context, memberID, username string) (bool, error) {
	c, err := s.credentials.Get(ctx, memberID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("account of %s: %w", memberID, err)
	}
	if c.Username != username {
		return false, AccountExists
	}
	return true, nil
}

// credentialOf finds an account by its folded username; ok is false when
// there is none.
func (s *Service) credentialOf(ctx context.Context, username string) (credential, bool, error) {
	page, err := s.credentials.Find(ctx, store.Query{Index: "username", Eq: []any{username}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return credential{}, false, err
	}
	return page.Items[0], true, nil
}
