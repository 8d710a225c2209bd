using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class RegisterTests
{
    [Fact]
    public async Task Register_OfAFile_SendsItAndAllThatIsSaidAboutIt()
    {
        using var scratch = new Scratch();
        var file = scratch.File("model.onnx", "the model");
        await using var server = await Ready();

        var result = await Line.RunAsync(server, "models", "register", "credit", file,
            "--description", "first", "--tag", "a=1", "--metric", "auc=0.79", "--param", "depth=3",
            "--entry", "model.onnx", "--dataset", "credit.csv=sha256:ff", "--code-commit", "abc",
            "--run", "r1", "--parent", "1", "--data", "credit/3", "--data", "test/1:evaluation",
            "--reason", "why");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldBe("credit/2\n");
        server.Seen.Single(request => request.Line.StartsWith("PUT /api/v1/artifacts")).Body.ShouldBe("the model");
        JsonNode.DeepEquals(JsonNode.Parse(server.Seen[^1].Body), JsonNode.Parse($$"""
            {
              "files": [{"path": "model.onnx", "digest": "{{Digest("the model")}}", "size": 9}],
              "entry": "model.onnx", "description": "first", "tags": {"a": "1"}, "metrics": {"auc": 0.79},
              "parameters": {"depth": "3"}, "datasets": ["credit/3", "test/1:evaluation"], "reason": "why",
              "lineage": {"datasets": {"credit.csv": "sha256:ff"}, "registered": [], "codeCommit": "abc",
                "run": "r1", "parent": 1, "inputs": []}
            }
            """)).ShouldBeTrue(server.Seen[^1].Body);
    }

    [Fact]
    public async Task Register_OfAFolder_SendsOnlyWhatTheServerLacksAndEachOnce()
    {
        using var scratch = new Scratch();
        scratch.File("model.onnx", "graph");
        scratch.File("data/weights.bin", "weights");
        scratch.File("data/copy.bin", "weights");
        scratch.File(".hidden", "no");
        await using var server = (await Ready()).Text($"HEAD /api/v1/artifacts/{Digest("graph")}", "");

        var result = await Line.RunAsync(server, "models", "register", "credit", scratch.Folder, "--json");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        JsonNode.Parse(result.Out)!["number"]!.GetValue<int>().ShouldBe(2);
        server.Seen.Where(request => request.Line.StartsWith("PUT")).Select(request => request.Body)
            .ShouldBe(["weights"]);
        var files = JsonNode.Parse(server.Seen[^1].Body)!["files"]!.AsArray();
        files.Select(file => (string)file!["path"]!).ShouldBe(["data/copy.bin", "data/weights.bin", "model.onnx"]);
    }

    [Fact]
    public async Task Register_FromAGitCheckout_NamesTheCommit()
    {
        using var scratch = new Scratch();
        await using var server = await Ready();

        // The tests themselves run below the repository's folder.
        await Line.RunAsync(server, "models", "register", "credit", scratch.File("model.onnx", "x"));

        var commit = (string?)JsonNode.Parse(server.Seen[^1].Body)!["lineage"]!["codeCommit"];
        commit.ShouldNotBeNull();
        commit[..40].ShouldAllBe(c => char.IsAsciiHexDigitLower(c));
    }

    [Fact]
    public async Task Register_WithAnAliasThatCannotMove_IsPartlyDone()
    {
        using var scratch = new Scratch();
        await using var server = (await Ready())
            .On("GET /api/v1/models/credit", Things.Model(("champion", 1)))
            .On("PUT /api/v1/models/credit/aliases/champion", new AliasInfo("credit", "champion", 2))
            .Refuse("PUT /api/v1/models/credit/aliases/v3", 400, "invalid_name", "It looks like a version.");

        var result = await Line.RunAsync(server,
            "models", "register", "credit", scratch.File("m.onnx", "x"), "--alias", "champion", "--alias", "v3");

        result.ExitCode.ShouldBe(ExitCodes.PartlyDone);
        result.Out.ShouldBe("credit/2\n");
        result.Error.ShouldContain("the version is registered, the alias 'v3' is not moved: It looks like a version.");
    }

    [Theory]
    [InlineData("there is no file or folder", "models", "register", "credit", "no-such-folder/model.onnx")]
    [InlineData("'high' is not a number", "models", "register", "credit", "x", "--metric", "auc=high")]
    [InlineData("'a' is given twice", "models", "register", "credit", "x", "--tag", "a=1", "--tag", "a=2")]
    [InlineData("write key=value", "models", "register", "credit", "x", "--param", "depth")]
    [InlineData("Required argument", "models", "register", "credit")]
    public async Task Register_WrittenWrongly_IsAUsageErrorAndAsksNobody(string expected, params string[] arguments)
    {
        await using var server = await Ready();

        var result = await Line.RunAsync(server, arguments);

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Out.ShouldBeEmpty();
        result.Error.ShouldContain(expected);
        server.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Register_RefusedForSeveralReasons_TellsEachWithItsPlace()
    {
        using var scratch = new Scratch();
        var problem = new Problem
        {
            Code = "invalid_name",
            Detail = "first",
            Errors =
            [
                new ProblemError("invalid_name", "first", "files[0].path"),
                new ProblemError("no_entry", "second"),
            ],
        };
        await using var server = (await Ready())
            .Text("POST /api/v1/models/credit/versions", FakeServer.Json(problem), 400);

        var result = await Line.RunAsync(server, "models", "register", "credit", scratch.File("m.onnx", "x"));

        result.ExitCode.ShouldBe(ExitCodes.Refused);
        result.Error.ShouldContain("2 faults:");
        result.Error.ShouldContain("files[0].path: first (invalid_name)");
        result.Error.ShouldContain("second (no_entry)");
    }

    [Fact]
    public async Task Register_OfALargeFileOnATerminal_ShowsProgressOnStandardError()
    {
        using var scratch = new Scratch();
        var file = scratch.File("model.onnx", new string('x', 5 << 20));
        await using var server = await Ready();

        var result = await Line.RunAsync(
            ["models", "register", "credit", file], server.Address, person: true, colours: true);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Error.ShouldContain("Sending");
        result.Out.ShouldBe("credit/2\n");
    }

    private static async Task<FakeServer> Ready() => (await FakeServer.StartAsync())
        .On("PUT /api/v1/artifacts", new ArtifactInfo(new string('a', 64), 1))
        .On("POST /api/v1/models/credit/versions", Things.Version());

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
