using System.Security.Cryptography;
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
        var bundle = ModelSignature.Bundle(
            statement,
            key.SignData(
                ModelSignature.SignedBytes(statement), HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence),
            ModelSignature.KeyHint(key));

        ModelSignature.WhyNot(bundle, key, Files).ShouldBeNull();
        ModelSignature.WhyNot(bundle, other, Files).ShouldNotBeNull();
        ModelSignature.WhyNot(bundle, key, Files[..1]).ShouldNotBeNull();
        ModelSignature.WhyNot(bundle, key, [Files[0], ("vocab.txt", Files[0].Item2)]).ShouldNotBeNull();
        ModelSignature.WhyNot("{}", key, Files).ShouldBe("it is not in the form of a model signature 1.0");
    }

    private static Sha256Digest Digest(char digit) =>
        Sha256Digest.TryParse(new string(digit, 64), out var digest) ? digest : throw new ArgumentException($"{digit}");
}
