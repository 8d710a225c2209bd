using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Cli.Uploads;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Cli.Tests;

public sealed class LineageTests
{
    private const string Hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private const string Id = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("credit/3", "version=credit/3")]
    [InlineData(Id, "prediction=" + Id)]
    [InlineData(Hex, "file=" + Hex)]
    [InlineData("sha256:" + Hex, "dataset=sha256:" + Hex)]
    [InlineData("dataset:loans/1", "dataset=loans/1")]
    [InlineData("c0ffee1", "commit=c0ffee1")]
    [InlineData("0123456789abcdef0123456789abcdef", "run=0123456789abcdef0123456789abcdef")]
    public async Task ASubject_IsKnownByItsForm(string subject, string asked)
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/lineage", Found());

        var result = await Line.RunAsync(server, "lineage", subject);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen.ShouldHaveSingleItem().Line.ShouldBe($"GET /api/v1/lineage?{asked}");
        result.Out.ShouldContain("model.onnx");
        result.Out.ShouldContain("e         a    answered");
        result.Out.ShouldContain("1 to now");
        result.Error.ShouldContain("2 further versions");
    }

    [Fact]
    public async Task AFile_IsAskedForByItsDigest()
    {
        using var scratch = new Scratch();
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/lineage", Found());
        await Line.RunAsync(server, "lineage", scratch.File("m.onnx", "abc"));
        server.Seen.ShouldHaveSingleItem().Line.ShouldEndWith($"file={Hex}");
        (await Line.RunAsync(server, "lineage", "what?")).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Export_IsWrittenAsItComes()
    {
        using var scratch = new Scratch();
        await using var server = (await FakeServer.StartAsync())
            .Text("GET /api/v1/models/credit/versions/2/lineage/slsa", "{\n}\n");
        (await Line.RunAsync(server, "lineage", "export", "credit/2", "--format", "slsa")).Out.ShouldBe("{\n}\n");
        var file = Path.Combine(scratch.Folder, "slsa.json");
        await Line.RunAsync(server, "lineage", "export", "credit/2", "--format", "slsa", "--file", file);
        (await File.ReadAllTextAsync(file, Cancel)).ShouldBe("{\n}\n");
        (await Line.RunAsync(server, "lineage", "export", "credit/2", "--format", "pdf")).ExitCode
            .ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Sign_SendsASignatureThatVerifyAccepts()
    {
        using var scratch = new Scratch();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = scratch.File("key.pem", key.ExportECPrivateKeyPem());
        var pub = scratch.File("pub.pem", key.ExportSubjectPublicKeyInfoPem());
        var version = Things.Version(2) with { Files = [new VersionFile("m.onnx", Hex, 3)] };
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/models/credit/versions/2", version);
        server.On("PUT /api/v1/models/credit/versions/2/signatures", async (context, body) =>
        {
            var sent = JsonSerializer.Deserialize<PutSignatureRequest>(body, ApiJson.Strict)!;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(FakeServer.Json(new SignatureInfo
            {
                KeyHint = ModelSignature.KeyHint(key),
                Bundle = sent.Bundle,
                PublicKey = sent.PublicKey,
            }), Cancel);
        });

        var file = Path.Combine(scratch.Folder, "model.sig");
        var signed = await Line.RunAsync(server, "models", "sign", "credit/2", "--private-key", pem, "--file", file);
        signed.ExitCode.ShouldBe(ExitCodes.Ok, signed.Error);
        var bundle = await File.ReadAllTextAsync(file, Cancel);
        server.Seen[^1].Body.ShouldNotContain("PRIVATE");
        server.On("GET /api/v1/models/credit/versions/2/signatures", (IReadOnlyList<SignatureInfo>)
        [
            new SignatureInfo
            {
                KeyHint = ModelSignature.KeyHint(key), Bundle = JsonSerializer.Deserialize<JsonElement>(bundle),
            },
        ]);

        var model = Directory.CreateDirectory(Path.Combine(scratch.Folder, "model")).FullName;
        await File.WriteAllTextAsync(Path.Combine(model, "m.onnx"), "abc", Cancel);
        string[] verify = ["models", "verify", "credit/2", "--public-key", pub];
        (await Line.RunAsync(server, verify)).ExitCode.ShouldBe(ExitCodes.Ok);
        (await Line.RunAsync(server, [.. verify, "--folder", model])).ExitCode.ShouldBe(ExitCodes.Ok);
        await File.WriteAllTextAsync(Path.Combine(model, "m.onnx"), "abd", Cancel);
        var changed = await Line.RunAsync(server, [.. verify, "--folder", model]);
        changed.ExitCode.ShouldBe(ExitCodes.Refused);
        changed.Error.ShouldContain("'m.onnx' is another one than was signed");
        (await Line.RunAsync(server, "models", "sign", "credit/2", "--private-key", pub)).ExitCode
            .ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Register_TellsWhatTheCheckoutAndTheFolderTell()
    {
        using var scratch = new Scratch();
        await GitAsync(scratch.Folder, "init", "-q", "-b", "trunk");
        await GitAsync(scratch.Folder, "remote", "add", "origin", "https://ada:secret@git.example/credit.git");
        scratch.File("train.py", "one\n");
        await GitAsync(scratch.Folder, "add", "train.py");
        await GitAsync(scratch.Folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first");
        var clean = (await GitCheckout.ReadAsync(scratch.Folder, Cancel))!;
        (clean.Dirty, clean.Diff, clean.Repository, clean.Branch)
            .ShouldBe((false, null, "https://git.example/credit.git", "trunk"));

        scratch.File("train.py", string.Concat(Enumerable.Repeat("a line of it: ä\n", 9000)));
        var dirty = (await GitCheckout.ReadAsync(scratch.Folder, Cancel))!;
        (dirty.Dirty, dirty.Commit, dirty.DiffBytes > CodeSource.MaxDiffBytes).ShouldBe((true, clean.Commit, true));
        System.Text.Encoding.UTF8.GetByteCount(dirty.Diff!)
            .ShouldBeInRange(CodeSource.MaxDiffBytes - 4, CodeSource.MaxDiffBytes);
        (await GitCheckout.ReadAsync(Path.GetTempPath(), Cancel)).ShouldBeNull();

        scratch.File("requirements.txt", "numpy==1.26.4\n");
        var environment = await LocalSources.EnvironmentAsync(
            scratch.File("model.onnx", "x"), "image@sha256:1", Cancel);
        (environment!.Container, environment.Source).ShouldBe(("image@sha256:1", "requirements.txt"));
        environment.Packages.ShouldBe([new PackageInfo("numpy", "1.26.4")]);
    }

    [Fact]
    public async Task History_SaysWhereAliasesPointed()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/models/credit/alias-history",
            new Page<AliasMove>([new AliasMove { Alias = "champion", Before = 1, Who = "ada", Reason = "why" }]));
        var result = await Line.RunAsync(server, "models", "history", "credit", "--at", "2026-01-31T12:00Z");
        result.Out.ShouldContain("champion  removed  1");
        server.Seen[0].Line.ShouldContain("at=2026-01-31T12:00:00");
    }

    private static LineageInfo Found() => new()
    {
        Kind = "version",
        Hidden = 2,
        Versions =
        [
            new LineageVersion
            {
                Version = Things.Version(3) with { Files = [new VersionFile("model.onnx", Hex, 3)] },
                Via = "asked",
                Periods = [new LineagePeriod { Endpoint = "e", Arm = "a", Role = "answered", FromGeneration = 1 }],
            },
        ],
    };

    private static async Task GitAsync(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder })!;
        await git.WaitForExitAsync(Cancel);
        git.ExitCode.ShouldBe(0);
    }
}
