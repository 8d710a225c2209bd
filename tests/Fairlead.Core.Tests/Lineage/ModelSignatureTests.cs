using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;

namespace Fairlead.Core.Tests.Lineage;

public sealed class ModelSignatureTests
{
    private static readonly (string, Sha256Digest)[] Files =
    [
        ("model.onnx", Digest('a')), ("vocab.txt", Digest('b')),
    ];

    [Theory]
    [InlineData("nistP256", "SHA256")]
    [InlineData("nistP384", "SHA384")]
    [InlineData("nistP521", "SHA512")]
    public void AKey_OfACurveThatIsSignedWith_IsRead(string curve, string hash)
    {
        using var made = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        using var read = ModelSignature.ReadPublicKey(made.ExportSubjectPublicKeyInfoPem());
        ModelSignature.HashOf(read.ShouldNotBeNull())!.Value.Name.ShouldBe(hash);
    }

    [Theory]
    [InlineData("secp256k1")]
    [InlineData("brainpoolP256r1")]
    public void AKey_OfAnotherCurveOfTheSameSize_IsNotRead(string curve)
    {
        using var made = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        ModelSignature.ReadPublicKey(made.ExportSubjectPublicKeyInfoPem()).ShouldBeNull();
    }

    /// <summary>A curve by a number that no platform knows, and what is no public key at all.</summary>
    [Theory]
    [InlineData("""
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYILoZIzj0DAQcDQgAEaxfR8uEsQkf4vObY6RA8ncDfYEt6
        zOg9KE5RdiYwpZP40Li/hp/m418446744073709551616n60p8D54WK84zV2sxXs7LtkBo79R9Q==
        -----END PUBLIC KEY-----
        """)]
    [InlineData("""
        -----BEGIN PUBLIC KEY-----
        AAAA
        -----END PUBLIC KEY-----
        """)]
    [InlineData("BEGIN PUBLIC KEY")]
    [InlineData("")]
    [InlineData(null)]
    public void WhatIsNoKeyHere_IsNotRead(string? pem) => ModelSignature.ReadPublicKey(pem).ShouldBeNull();

    [Fact]
    public void APrivateKey_IsNotRead()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ModelSignature.ReadPublicKey(made.ExportECPrivateKeyPem()).ShouldBeNull();
    }

    [Fact]
    public void ASignature_HoldsForItsFilesAndKey_AndForNothingElse()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var statement = ModelSignature.Statement("fraud", Files);
        var bundle = Signed(statement, key);

        ModelSignature.WhyNot(bundle, key, Files).ShouldBeNull();
        ModelSignature.WhyNot(bundle, other, Files).ShouldNotBeNull();
        ModelSignature.WhyNot(bundle, key, Files[..1]).ShouldNotBeNull();
        ModelSignature.WhyNot(bundle, key, [Files[0], ("vocab.txt", Files[0].Item2)]).ShouldNotBeNull();
        ModelSignature.WhyNot("{}", key, Files).ShouldBe("it is not in the form of a model signature 1.0");
    }

    /// <summary>By code points, as every other program of this form orders them, and not as UTF-16 does.</summary>
    [Fact]
    public void Files_AreListedByTheCodePointsOfTheirPaths_WithoutWhatGitKeeps()
    {
        (string Path, Sha256Digest)[] files =
        [
            ("\U0001F600", Digest('a')), ("\uE000", Digest('b')), (".gitattributes", Digest('c')),
            (".git/config", Digest('d')), ("a/.gitignore", Digest('e')), (".github2", Digest('f')),
        ];
        using var statement = JsonDocument.Parse(ModelSignature.Statement("m", files));
        var predicate = statement.RootElement.GetProperty("predicate");
        predicate.GetProperty("resources").EnumerateArray().Select(each => each.GetProperty("name").GetString())
            .ShouldBe([".github2", "a/.gitignore", "\uE000", "\U0001F600"]);
        predicate.GetProperty("serialization").GetProperty("ignore_paths").EnumerateArray()
            .Select(each => each.GetString()).ShouldBe([".git", ".gitattributes", ".github", ".gitignore"]);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bundle = Signed(ModelSignature.Statement("m", files), key);
        ModelSignature.WhyNot(bundle, key, files).ShouldBeNull();
        ModelSignature.WhyNot(bundle, key, [.. files, ("b/.git", Digest('a'))])
            .ShouldBe("the file 'b/.git' was not signed");
    }

    [Fact]
    public void ASignatureOfPiecesOfFiles_IsToldApart()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pieces = Encoding.UTF8.GetString(ModelSignature.Statement("m", Files))
            .Replace("\"files\"", "\"shards\"", StringComparison.Ordinal);
        ModelSignature.WhyNot(Signed(Encoding.UTF8.GetBytes(pieces), key), key, Files)
            .ShouldBe("it lists pieces of files, and only whole ones are told apart here");
    }

    private static string Signed(byte[] statement, ECDsa key) => ModelSignature.Bundle(
        statement,
        key.SignData(
            ModelSignature.SignedBytes(statement), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        ModelSignature.KeyHint(key));

    private static Sha256Digest Digest(char digit) =>
        Sha256Digest.TryParse(new string(digit, 64), out var digest) ? digest : throw new ArgumentException($"{digit}");
}
