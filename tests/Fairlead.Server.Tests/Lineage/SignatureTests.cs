using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Rollouts;

namespace Fairlead.Server.Tests.Lineage;

/// <summary>Signatures of versions: in the published form, verified by another program, demanded by endpoints.
/// </summary>
public sealed class SignatureTests(PostgresServer postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task AnEndpointThatDemandsASignature_ServesNothingElse(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        using var trusted = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var first = await server.RegisterAsync("credit", "one");
        var second = await server.RegisterAsync("credit", "two");

        // Unsigned, signed by somebody else, and then by the right one.
        var why = await PutAsync(server, 1, trusted).ShouldBeRefusedAsync("signature_required", 400);
        why.Detail!.ShouldContain("credit/1 is not signed");
        await SignAsync(server, first, foreign);
        (await PutAsync(server, 1, trusted).ShouldBeRefusedAsync("signature_required")).Detail!
            .ShouldContain("signed by none of them");
        var kept = await SignAsync(server, first, trusted);
        kept.KeyHint.ShouldBe(Convert.ToHexStringLower(
            SHA256.HashData(Encoding.ASCII.GetBytes(trusted.ExportSubjectPublicKeyInfoPem() + "\n"))));
        var endpoint = await PutAsync(server, 1, trusted);
        endpoint.Signature!.TrustedKeys.ShouldHaveSingleItem().ShouldContain("BEGIN PUBLIC KEY");

        // A rollout is a way around it no more than a change is.
        var rollout = Given.Rollout(Given.Pause());
        (await server.Client.StartRolloutAsync(rollout, cancellation: Cancel)
            .ShouldBeRefusedAsync("signature_required")).Detail!.ShouldContain("credit/2 is not signed");
        await SignAsync(server, second, trusted);
        (await server.Client.StartRolloutAsync(rollout, cancellation: Cancel)).Endpoint.ShouldBe("e");

        (await server.Client.ListSignaturesAsync("credit", 1, Cancel)).Select(each => each.Who)
            .ShouldBe(["local", "local"]);
        (await server.Client.GetLineageAsync(new LineageQuestion { Version = "credit/2" }, Cancel))
            .Versions.ShouldHaveSingleItem().SignedBy.ShouldBe([kept.KeyHint]);
    }

    [Fact]
    public async Task ABundleThatIsNotTheVersions_IsRefused_WithWhatIsWrong()
    {
        await using var server = await TestServer.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var version = await server.RegisterAsync("credit", "one");
        var good = Bundle(version, key);

        await RefusedAsync(Changed(good, root => root["mediaType"] = "text/plain"), key, "media type");
        await RefusedAsync(good, other, "another key");
        await RefusedAsync(Bundle(version, other, hintOf: key), key, "not that of the key");
        await RefusedAsync(Bundle(version with { Files = [] }, key), key, "'model.onnx' was not signed");
        await RefusedAsync(Bundle(version with
        {
            Files = [version.Files[0] with { Digest = TestServer.Digest("two") }],
        }, key), key, "another one than was signed");
        await RefusedAsync(Bundle(version with
        {
            Files = [.. version.Files, new VersionFile("extra", TestServer.Digest("x"), 1)],
        }, key), key, "'extra', which is not there");
        await RefusedAsync(
            Changed(good, root => root["dsseEnvelope"]!["signatures"] = new JsonArray()), key, "not that");
        await RefusedAsync("{}", key, "not in the form");
        await RefusedAsync("""{"mediaType":1}""", key, "not in the form");
        await server.Client.PutSignatureAsync("credit", 1, new PutSignatureRequest
        {
            Bundle = JsonSerializer.Deserialize<JsonElement>(good),
            PublicKey = key.ExportECPrivateKeyPem(),
        }, Cancel).ShouldBeRefusedAsync("invalid_signature", 400);
        (await server.Client.ListSignaturesAsync("credit", 1, Cancel)).ShouldBeEmpty();

        async Task RefusedAsync(string bundle, ECDsa believed, string words) => (await server.Client.PutSignatureAsync(
            "credit", 1, new PutSignatureRequest
            {
                Bundle = JsonSerializer.Deserialize<JsonElement>(bundle),
                PublicKey = believed.ExportSubjectPublicKeyInfoPem(),
            }, Cancel).ShouldBeRefusedAsync("invalid_signature", 400)).Detail!.ShouldContain(words);
    }

    [Theory, InlineData("prime256v1", "sha256"), InlineData("secp384r1", "sha384"), InlineData("secp521r1", "sha512")]
    public async Task OpenSsl_VerifiesWhatWeSign_AndWeWhatItSigns(string curve, string hash)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-signature-").FullName;
        try
        {
            string Path(string name) => System.IO.Path.Combine(folder, name);
            await OpenSslAsync("ecparam", "-name", curve, "-genkey", "-noout", "-out", Path("key.pem"));
            await OpenSslAsync("ec", "-in", Path("key.pem"), "-pubout", "-out", Path("pub.pem"));
            using var key = ECDsa.Create();
            key.ImportFromPem(await File.ReadAllTextAsync(Path("key.pem"), Cancel));
            ModelSignature.KeyHint(key).ShouldBe(
                Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path("pub.pem"), Cancel))));
            (string, Sha256Digest)[] files = [("b", Digest("2")), ("a/z", Digest("1"))];
            var payload = ModelSignature.Statement("credit", files);

            // The bytes are put together here once more, from the specification alone.
            byte[] signed =
            [
                .. Encoding.ASCII.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload,
            ];
            await File.WriteAllBytesAsync(Path("signed"), signed, Cancel);
            var statement = JsonNode.Parse(payload)!;
            statement["predicate"]!["resources"]!.AsArray().Select(each => (string)each!["name"]!)
                .ShouldBe(["a/z", "b"]);
            ((string)statement["subject"]![0]!["digest"]!["sha256"]!).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(
                [.. Convert.FromHexString(Digest("1").ToString()), .. Convert.FromHexString(Digest("2").ToString())])));

            var ours = key.SignData(
                ModelSignature.SignedBytes(payload), ModelSignature.HashOf(key)!.Value,
                DSASignatureFormat.Rfc3279DerSequence);
            await File.WriteAllBytesAsync(Path("ours"), ours, Cancel);
            await OpenSslAsync(
                "dgst", $"-{hash}", "-verify", Path("pub.pem"), "-signature", Path("ours"), Path("signed"));

            await OpenSslAsync("dgst", $"-{hash}", "-sign", Path("key.pem"), "-out", Path("theirs"), Path("signed"));
            var theirs = await File.ReadAllBytesAsync(Path("theirs"), Cancel);
            using var believed = ModelSignature.ReadPublicKey(await File.ReadAllTextAsync(Path("pub.pem"), Cancel))!;
            ModelSignature.WhyNot(
                ModelSignature.Bundle(payload, theirs, ModelSignature.KeyHint(key)), believed, files).ShouldBeNull();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// What a version's signature is read back as: @sigstore/verify believes the bundle, and none in which something
    /// was changed.
    /// </summary>
    [Fact]
    public async Task AnotherVerifierOfSigstoreBundles_BelievesOurs_AndNoneThatWasChanged()
    {
        var client = Path.Combine(BucketServer.Root(), "tests/clients/sigstore");
        Directory.Exists(Path.Combine(client, "node_modules")).ShouldBeTrue("run 'npm ci' in tests/clients/sigstore");
        await using var server = await TestServer.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var version = await server.RegisterAsync("credit", "one");
        await SignAsync(server, version, key);
        var kept = (await server.Client.ListSignaturesAsync("credit", 1, Cancel)).ShouldHaveSingleItem()
            .Bundle.GetRawText();
        var folder = Directory.CreateTempSubdirectory("fairlead-sigstore-").FullName;
        try
        {
            var bundles = new[]
            {
                kept,
                Changed(kept, root => root["dsseEnvelope"]!["payload"] = Convert.ToBase64String(
                    ModelSignature.Statement("debit", [("model.onnx", Digest("one"))]))),
                Changed(kept, root => root["dsseEnvelope"]!["signatures"]![0]!["sig"] =
                    Convert.ToBase64String(other.SignData("x"u8, HashAlgorithmName.SHA256,
                        DSASignatureFormat.Rfc3279DerSequence))),
                Changed(kept, root => root["dsseEnvelope"]!["payloadType"] = "application/json"),
                Bundle(version, other),
            };
            await File.WriteAllTextAsync(
                Path.Combine(folder, "key.pem"), key.ExportSubjectPublicKeyInfoPem() + "\n", Cancel);
            for (var i = 0; i < bundles.Length; i++)
                await File.WriteAllTextAsync(Path.Combine(folder, $"{i}.json"), bundles[i], Cancel);
            var said = await RunAsync("node", [Path.Combine(client, "verify.js"), Path.Combine(folder, "key.pem"),
                .. bundles.Select((_, i) => Path.Combine(folder, $"{i}.json"))]);
            said.TrimEnd().Split('\n').ShouldBe([
                "verified application/vnd.dev.sigstore.bundle.v0.3+json application/vnd.in-toto+json "
                    + "https://in-toto.io/Statement/v1 https://model_signing/signature/v1.0 credit model.onnx=sha256:"
                    + Digest("one"),
                "refused SIGNATURE_ERROR signature verification failed",
                "refused SIGNATURE_ERROR signature verification failed",
                "refused SIGNATURE_ERROR signature verification failed",
                $"refused PUBLIC_KEY_ERROR key not found: {ModelSignature.KeyHint(other)}",
            ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Sha256Digest Digest(string text)
    {
        Sha256Digest.TryParse(TestServer.Digest(text), out var digest).ShouldBeTrue();
        return digest;
    }

    private static string Bundle(VersionInfo version, ECDsa key, ECDsa? hintOf = null)
    {
        var payload = ModelSignature.Statement(version.Model, version.Files.Select(file =>
            (file.Path, Sha256Digest.TryParse(file.Digest, out var digest) ? digest : default)));
        return ModelSignature.Bundle(payload,
            key.SignData(ModelSignature.SignedBytes(payload), ModelSignature.HashOf(key)!.Value,
                DSASignatureFormat.Rfc3279DerSequence),
            ModelSignature.KeyHint(hintOf ?? key));
    }

    private static string Changed(string bundle, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(bundle)!;
        change(root);
        return root.ToJsonString();
    }

    private static Task<SignatureInfo> SignAsync(TestServer server, VersionInfo version, ECDsa key) =>
        server.Client.PutSignatureAsync(version.Model, version.Number, new PutSignatureRequest
        {
            Bundle = JsonSerializer.Deserialize<JsonElement>(Bundle(version, key)),
            PublicKey = key.ExportSubjectPublicKeyInfoPem(),
        }, Cancel);

    private static Task<EndpointInfo> PutAsync(TestServer server, int version, ECDsa trusted) =>
        server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "credit", Version = version }],
            Signature = new SignatureDemand { TrustedKeys = [trusted.ExportSubjectPublicKeyInfoPem()] },
        }, cancellation: Cancel);

    private static Task OpenSslAsync(params string[] arguments) => RunAsync("openssl", arguments);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        var said = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldBe(0, said);
        return await output;
    }
}
