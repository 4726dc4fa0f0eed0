package httpapi

import (
	"context"

	"sotay/internal/httpapi/contract"
	"sotay/internal/study"
)

// GetMyProgress implements the contract.
func (s *Server) GetMyProgress(ctx context.Context, r contract.GetMyProgressRequestObject) (contract.GetMyProgressResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	driveID := text(r.Params.DriveId)
	found, err := s.Study.MyReading(ctx, who, driveID)
	if err != nil {
		return nil, err
	}
	out := contract.GetMyProgress200JSONResponse{DriveId: optional(driveID), Texts: make([]contract.ReadingText, len(found))}
	for i := range found {
		out.Texts[i] = readingText(&found[i])
	}
	return out, nil
}

func readingText(r *study.Reading) contract.ReadingText {
	out := contract.ReadingText{Version: r.Version, Title: r.Title, Done: r.Done, Read: r.Read, Sections: make([]contract.ReadingSection, len(r.Sections))}
	if id := r.ID; r.Kind == "document" {
		out.DocumentId = &id
	} else {
		out.MaterialId = &id
	}
	for i := range r.Sections {
		x := &r.Sections[i]
		out.Sections[i] = contract.ReadingSection{Id: x.ID, Read: x.Read, ReachedEnd: x.ReachedEnd, CountedMillis: x.Counted.Milliseconds(),
			NeededMillis: x.Needed.Milliseconds(), Capped: x.Capped}
	}
	if r.Length > 0 {
		out.Recording = &contract.ReadingRecording{Heard: r.Heard, PlayedMillis: r.Played.Milliseconds(), LengthMillis: r.Length.Milliseconds()}
	}
	return out
}
