package httpapi

import (
	"bytes"
	"context"

	"sotay/internal/httpapi/contract"
)

// Healthz implements the contract.
func (s *Server) Healthz(context.Context, contract.HealthzRequestObject) (contract.HealthzResponseObject, error) {
	return contract.Healthz200JSONResponse{Status: contract.Ok}, nil
}

// Readyz implements the contract.
func (s *Server) Readyz(ctx context.Context, _ contract.ReadyzRequestObject) (contract.ReadyzResponseObject, error) {
	lacks := s.Ready(ctx)
	if len(lacks) == 0 {
		return contract.Readyz200JSONResponse{Status: contract.Ok}, nil
	}
	return contract.Readyz503JSONResponse{Status: contract.Unavailable, Checks: &lacks}, nil
}

// GetContract implements the contract.
func (s *Server) GetContract(context.Context, contract.GetContractRequestObject) (contract.GetContractResponseObject, error) {
	return contract.GetContract200ApplicationyamlResponse{Body: bytes.NewReader(s.Contract), ContentLength: int64(len(s.Contract))}, nil
}
