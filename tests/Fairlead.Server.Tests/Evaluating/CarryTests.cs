using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Evaluating;

/// <summary>A version between two real servers, one on each database.</summary>
public sealed class CarryTests(CreditServer credit, PostgresServer postgres) : IClassFixture<CreditServer>
{
    private const string Model = CreditServer.Model;

    [Fact]
    public async Task Version_ArrivesWithItsEvidence_OnceOnly_AndOnlyWithItsDigest()
    {
        var here = credit.Server;
        await using var there = await CreditServer.StartAsync(Engine.Postgres, postgres, withVersions: false);
        await CreditServer.EvaluateAsync(here, 1, 300);
        await CreditServer.EvaluateAsync(here, 2, 300);
        await here.Client.PutPromotionPolicyAsync(Model, new PromotionPolicyRequest());
        (await here.Client.PromoteAsync(new PromotionRequest { Model = Model, Version = 2, Alias = "champion" }))
            .Status.ShouldBe("moved");
        var version = await here.Client.GetCarriedVersionAsync(Model, 2);
        version.Evidence.Keys.Order().ShouldBe(["evaluations", "promotions"]);

        // Without its files nothing arrives.
        var request = new CarryRequest { Version = version, From = "staging" };
        await there.Client.CarryVersionAsync(Model, request).ShouldBeRefusedAsync("artifacts_missing", 409);
        await CopyAsync(here, there, version);
        await there.Client.CarryVersionAsync(Model, request with
        {
            Version = version with { Digest = new string('0', 64) },
        }).ShouldBeRefusedAsync("digest_differs", 409);
        await there.Client.CarryVersionAsync("other", request).ShouldBeRefusedAsync("other_model", 400);
        await there.Client.CarryVersionAsync(Model, request with { Version = version with { Form = 2 } })
            .ShouldBeRefusedAsync("unknown_form", 400);
        await there.Client.CarryVersionAsync(Model, request with
        {
            Version = version with
            {
                Evidence = new Dictionary<string, JsonElement>
                {
                    ["evaluations"] = JsonSerializer.SerializeToElement(new[] { 1 }),
                },
            },
        }).ShouldBeRefusedAsync("invalid_evidence", 400);
        await there.Client.GetModelAsync(Model).ShouldBeRefusedAsync("model_not_found", 404);

        // What this program does not know of goes along as it is.
        request = request with
        {
            Version = version with
            {
                Evidence = version.Evidence.Append(new("stamps", JsonSerializer.SerializeToElement("blue")))
                    .ToDictionary(),
                Lineage = version.Lineage with
                {
                    Registered = [new VersionDataset("loans", 4, "training", "sha256:ab")],
                },
            },
        };
        var arrived = await there.Client.CarryVersionAsync(Model, request);

        (arrived.Number, arrived.WasKnown, arrived.Digest).ShouldBe((1, false, version.Digest));
        (await there.Client.CarryVersionAsync(Model, request)).WasKnown.ShouldBeTrue();
        (await there.Client.GetModelAsync(Model)).VersionCount.ShouldBe(1);
        (await there.Client.GetLineageAsync(new LineageQuestion { Dataset = "sha256:ab" })).Versions
            .ShouldHaveSingleItem().Version.Lineage.Inputs.ShouldHaveSingleItem().Name.ShouldBe("loans");
        var evaluation = (await there.Client.ListEvaluationsAsync(Model, 1)).Items.Single();
        evaluation.Segments[0].Figures.ShouldBe(
            (await here.Client.ListEvaluationsAsync(Model, 2)).Items[0].Segments[0].Figures);
        var origin = await there.Client.GetOriginAsync(Model, 1);
        (origin.From, origin.FromNumber).ShouldBe(("staging", 2));
        origin.Version!.Evidence["stamps"].GetString().ShouldBe("blue");
        (await there.Client.GetCarriedVersionAsync(Model, 1)).Evidence.Keys.ShouldContain("stamps");

        // Another one can be held against it there, on the rows that came along; it is signed, which is verified again.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await SignAsync(here, key);
        var first = await here.Client.GetCarriedVersionAsync(Model, 1);
        await CopyAsync(here, there, first);
        var forged = JsonNode.Parse(first.Evidence["signatures"].GetRawText())!;
        var bundle = JsonNode.Parse((string)forged[0]!["bundle"]!)!;
        bundle["dsseEnvelope"]!["payload"] =
            Convert.ToBase64String(ModelSignature.Statement("other", [("model.onnx", default)]));
        forged[0]!["bundle"] = bundle.ToJsonString();
        (await there.Client.CarryVersionAsync(Model, new CarryRequest
        {
            Version = first with
            {
                Evidence = new Dictionary<string, JsonElement>(first.Evidence)
                {
                    ["signatures"] = JsonSerializer.SerializeToElement(forged),
                },
            },
        }).ShouldBeRefusedAsync("invalid_evidence", 400)).Detail!.ShouldContain("not that of the key");
        var second = await there.Client.CarryVersionAsync(Model, new CarryRequest { Version = first });
        var kept = (await there.Client.ListSignaturesAsync(Model, second.Number)).ShouldHaveSingleItem();
        ModelSignature.WhyNot(kept.Bundle.GetRawText(), key, [.. first.Files.Select(File)]).ShouldBeNull();
        var mine = (await there.Client.ListEvaluationsAsync(Model, second.Number)).Items.Single();
        (await there.Client.CompareEvaluationsAsync(mine.Id, evaluation.Id)).Figures.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task LargeFile_WhoseConnectionBreaks_GoesOnWhereItWas()
    {
        const int part = 256 << 10;
        var content = new byte[(5 * part) + 17];
        new Random(1).NextBytes(content);
        var file = await credit.Server.Client.PutArtifactAsync(new MemoryStream(content));
        await using var there = await TestServer.StartAsync();
        await using var relay = new BreakingRelay(there.Address, afterBytes: (2 * part) + (part / 2));
        var broken = FairleadClient.Connect(relay.Address);

        await Should.ThrowAsync<HttpRequestException>(() => credit.Server.Client.CopyArtifactAsync(
            file.Digest, file.Size, broken, _ => { }, part, TestContext.Current.CancellationToken));
        relay.BreaksNoMore();
        var before = relay.Brought;
        var told = 0L;
        await credit.Server.Client.CopyArtifactAsync(
            file.Digest, file.Size, broken, sent => told += sent, part, TestContext.Current.CancellationToken);

        told.ShouldBe(file.Size);
        (relay.Brought - before).ShouldBeInRange(3 * part, 4 * part);
        using var arrived = new MemoryStream();
        await there.Client.ReadArtifactAsync(file.Digest, arrived);
        arrived.ToArray().ShouldBe(content);

        // The parts are gone with their purpose; whoever puts them together again has what there is.
        var parts = (await there.Client.GetArtifactPartsAsync(file.Digest, part)).Parts;
        foreach (var gone in parts)
            (await there.Client.HasArtifactAsync(gone)).ShouldBeFalse();
        (await there.Client.PutArtifactPartsAsync(file.Digest, parts)).Size.ShouldBe(file.Size);
        await there.Client.GetArtifactPartsAsync(file.Digest, 1).ShouldBeRefusedAsync("invalid_parameter", 400);
        await there.Client.GetArtifactPartsAsync(new string('0', 64)).ShouldBeRefusedAsync("artifact_not_found", 404);
    }

    [Fact]
    public async Task Parts_PutTogether_MustBeThereAndBeWhatIsSaid()
    {
        var client = credit.Server.Client;
        var (none, whole) = (new string('0', 64), Convert.ToHexStringLower(SHA256.HashData("onetwo"u8)));
        var one = await client.PutArtifactAsync(new MemoryStream("one"u8.ToArray()));
        var two = await client.PutArtifactAsync(new MemoryStream("two"u8.ToArray()));

        await client.PutArtifactPartsAsync(whole, [two.Digest, one.Digest])
            .ShouldBeRefusedAsync("digest_mismatch", 400);
        await client.PutArtifactPartsAsync(whole, [one.Digest, none]).ShouldBeRefusedAsync("artifacts_missing", 409);
        await client.PutArtifactPartsAsync(whole, []).ShouldBeRefusedAsync("invalid_parts", 400);
        (await client.PutArtifactPartsAsync(whole, [one.Digest, two.Digest])).Size.ShouldBe(6);
        (await client.HasArtifactAsync(one.Digest)).ShouldBeFalse();

        // Nothing that is whole by itself goes.
        (await client.PutArtifactPartsAsync(whole, [whole])).Size.ShouldBe(6);
        (await client.HasArtifactAsync(whole)).ShouldBeTrue();
    }

    [Fact]
    public async Task LargeFileOfThisMachine_WhoseConnectionBreaks_GoesOnWhereItWas()
    {
        const int part = 256 << 10;
        var content = new byte[(5 * part) + 17];
        new Random(2).NextBytes(content);
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var file = Path.GetTempFileName();
        await System.IO.File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
        await using var relay = new BreakingRelay(credit.Server.Address, afterBytes: (4 * part) + (part / 2));
        var client = FairleadClient.Connect(relay.Address);

        await Should.ThrowAsync<HttpRequestException>(() => client.PutFileAsync(
            file, digest, _ => { }, part, TestContext.Current.CancellationToken));
        relay.BreaksNoMore();
        var (before, told) = (relay.Brought, 0L);
        var stored = await client.PutFileAsync(
            file, digest, sent => Interlocked.Add(ref told, sent), part, TestContext.Current.CancellationToken);

        System.IO.File.Delete(file);
        (stored.Digest, stored.Size, told).ShouldBe((digest, content.Length, content.Length));
        (relay.Brought - before).ShouldBeLessThan(5 * part);
        using var arrived = new MemoryStream();
        await credit.Server.Client.ReadArtifactAsync(digest, arrived);
        arrived.ToArray().ShouldBe(content);
    }

    private static async Task SignAsync(TestServer server, ECDsa key)
    {
        var version = await server.Client.GetVersionAsync(Model, 1);
        var payload = ModelSignature.Statement(Model, version.Files.Select(File));
        var bundle = ModelSignature.Bundle(payload, key.SignData(ModelSignature.SignedBytes(payload),
            HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), ModelSignature.KeyHint(key));
        await server.Client.PutSignatureAsync(Model, 1, new PutSignatureRequest
        {
            Bundle = JsonSerializer.Deserialize<JsonElement>(bundle),
            PublicKey = key.ExportSubjectPublicKeyInfoPem(),
        });
    }

    private static (string Path, Sha256Digest Digest) File(VersionFile file) =>
        (file.Path, Sha256Digest.TryParse(file.Digest, out var digest) ? digest : default);

    private static async Task CopyAsync(TestServer from, TestServer to, CarriedVersion version)
    {
        var sent = 0L;
        foreach (var file in version.Files)
            await from.Client.CopyArtifactAsync(file.Digest, file.Size, to.Client, part => sent += part);
        sent.ShouldBe(version.Files.Sum(file => file.Size));
    }
}
