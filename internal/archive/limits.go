package archive

// What an archive may hold at most. None of it is near what an installation
// comes to; all of it is what a hostile file could claim.
const (
	// chunkBytes is where an entry of documents ends; a document may go over.
	chunkBytes = 8 << 20
	// maxChunk bounds an entry of documents, which is read whole.
	maxChunk    = chunkBytes + 5<<20
	maxBlob     = 1 << 30
	maxStore    = 1 << 40
	maxManifest = 64 << 20
	maxEntries  = 1_000_000
	// maxRatio and ratioSlack bound what a file swells to: texts shrink to a
	// tenth, zeros to a ten-thousandth.
	maxRatio   = 200
	ratioSlack = 64 << 20
	// maxWindow bounds the memory of decompression.
	maxWindow = 32 << 20
)

// limit is how long an entry of this name may be; ok is false when an archive
// has no such entry.
func limit(name string) (n int64, ok bool) {
	switch {
	case name == manifestName:
		return maxManifest, true
	case name == storeName:
		return maxStore, true
	case collectionName.MatchString(name):
		return maxChunk, true
	case blobName.MatchString(name):
		return maxBlob, true
	}
	return 0, false
}
