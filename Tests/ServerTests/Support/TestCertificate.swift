/// A certificate for localhost that nobody trusts, until 2126; made for these tests only.
enum TestCertificate {
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBnDCCAUGgAwIBAgIUSKTuaoIchobYu8nAhlV68X0Aqy8wCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjEyNDk1OVoYDzIxMjYxMDI5
    MTI0OTU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAAT3+w8Z7qVps3ayTBB9olbNNU6VVM2aCoOF8OrvG2Lee9RSPPHG52Mg
    2zdZNQISW1JA70oTeQN36JLSAwrAhMTto28wbTAdBgNVHQ4EFgQU86Dm6gSR2lTq
    gX6FDL1R1iJcseEwHwYDVR0jBBgwFoAU86Dm6gSR2lTqgX6FDL1R1iJcseEwDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDSQAwRgIhAJKZFOYIFg9Dr5VN/JEtC5G9O6MW6Vi0X+L1/WtA7MRdAiEA
    0uHFpn6FjNQ+hDqAOV/Gy7Kcwvo2TJxAdkSaP5HphpY=
    -----END CERTIFICATE-----
    """

  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMVoh+PM14hJjIfn2
    knnd22kRouOyR9KoDCkRS3f2p6ahRANCAAT3+w8Z7qVps3ayTBB9olbNNU6VVM2a
    CoOF8OrvG2Lee9RSPPHG52Mg2zdZNQISW1JA70oTeQN36JLSAwrAhMTt
    -----END PRIVATE KEY-----
    """

  /// Of another certificate.
  static let otherKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghOpnN33lbJwf5rHH
    In7WyZetNbTLPd//1c7SzLcgMeKhRANCAATpkdCU17RFcWYrUbfLtX0rWrKMAFMj
    4hlUhVI+MyDzBtOjM2pFbkPuPRV3ORmIzSf8r++3IJbMBxL5Z77Ywha0
    -----END PRIVATE KEY-----
    """
}
