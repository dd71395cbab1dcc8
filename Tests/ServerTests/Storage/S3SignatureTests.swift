import Server
import Signal
import Testing

/// The examples of Amazon's documentation of Signature Version 4.
@Suite struct S3SignatureTests {
  private let signature = S3Signature(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1")
  private let now = Timestamp(milliseconds: 1_369_353_600_000)  // 2013-05-24T00:00:00Z

  @Test func `a GET of a range is signed as in the documentation`() throws {
    let request = S3Signature.Request(
      method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt",
      headers: [("range", "bytes=0-9")])

    let headers = signature.headers(of: request, payloadHash: S3Signature.hash([]), at: now)

    let authorization = try #require(headers.first { $0.name == "authorization" }?.value)
    #expect(
      authorization.hasSuffix(
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
    #expect(
      authorization.contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"))
  }

  @Test func `an address is pre-signed as in the documentation`() {
    let target = signature.presignedTarget(
      of: S3Signature.Request(
        method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt"),
      validFor: 86_400, at: now)

    #expect(
      target.hasSuffix(
        "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
  }

  @Test func `a list of a bucket is signed as in the documentation`() throws {
    let request = S3Signature.Request(
      method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/",
      query: [("prefix", "J"), ("max-keys", "2")])

    let headers = signature.headers(of: request, payloadHash: S3Signature.hash([]), at: now)

    #expect(
      try #require(headers.last?.value).hasSuffix(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
  }

  @Test func `names are encoded as S3 wants them`() {
    #expect(S3Signature.encoded("a/b c+ä", isPath: true) == "a/b%20c%2B%C3%A4")
    #expect(S3Signature.encoded("a/b") == "a%2Fb")
  }

  @Test func `Azure's date is that of HTTP`() {
    #expect(AzureSignature.date(now) == "Fri, 24 May 2013 00:00:00 GMT")
  }
}
