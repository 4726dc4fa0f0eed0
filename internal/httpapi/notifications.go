package httpapi

import (
	"context"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/notify"
	"sotay/internal/page"
)

// ListNotifications implements the contract.
func (s *Server) ListNotifications(ctx context.Context, r contract.ListNotificationsRequestObject) (contract.ListNotificationsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	in, err := s.Notify.Inbox(ctx, who, text(r.Params.Cursor), page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := contract.ListNotifications200JSONResponse{Items: make([]contract.Notification, len(in.Notices)), NextCursor: in.Next, Unread: in.Unread}
	for i := range in.Notices {
		out.Items[i] = notification(&in.Notices[i])
	}
	return out, nil
}

func notification(n *notify.Notice) contract.Notification {
	out := contract.Notification{Id: n.ID, Kind: contract.NotificationKind(n.Kind), Title: n.Title, At: stamp(n.At), Read: n.Read}
	switch ref := &n.Ref; n.Kind {
	case notify.Document:
		out.DocumentId = ref
	case notify.Material:
		out.MaterialId = ref
	case notify.Contest:
		out.ContestId = ref
	case notify.Drive, notify.Reminder:
		out.DriveId = ref
	}
	if n.Version > 0 {
		updated := n.Version > 1
		out.Version, out.Updated = &n.Version, &updated
	}
	return out
}

// ReadNotifications implements the contract.
func (s *Server) ReadNotifications(ctx context.Context, r contract.ReadNotificationsRequestObject) (contract.ReadNotificationsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	upTo, f := instant(fault.BadInput, "/upTo", r.Body.UpTo)
	if len(f.Fields) > 0 {
		return nil, f
	}
	var ids []string
	if r.Body.Ids != nil {
		ids = *r.Body.Ids
	}
	unread, err := s.Notify.Read(ctx, who, ids, upTo)
	return contract.ReadNotifications200JSONResponse{Unread: unread}, err
}
