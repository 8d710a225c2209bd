using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class FailureTests
{
    [Fact]
    public async Task NoServer_IsUnreachableAndSaysWhatToDo()
    {
        // A port that was just free: nobody listens there.
        var address = await FreeAddressAsync();

        var result = await Line.RunAsync(["models", "list"], address);

        result.ShouldBe(new RunResult(ExitCodes.Unreachable, "", $"""
            fairlead: no server answers at {address}.
              Start one with `fairlead serve`, or say where it is with --server or FAIRLEAD_URL.

            """.ReplaceLineEndings("\n")));
    }

    /// <summary>Of two servers the one that is away is named.</summary>
    [Fact]
    public async Task OtherServer_ThatIsAway_IsToldOfIt()
    {
        await using var here = (await FakeServer.StartAsync())
            .On("GET /api/v1/models/credit/versions/2/carry", new CarriedVersion
            {
                Form = 1,
                Model = "credit",
                Number = 2,
                Digest = new string('a', 64),
            })
            .On("GET /api/v1/caller", new CallerInfo { Name = "local", Role = "admin" });
        await using var locked = (await FakeServer.StartAsync())
            .Refuse("GET /api/v1/caller", 401, "unauthorised", "No key.");
        var away = await FreeAddressAsync();

        (await Line.RunAsync(here, "promote", "credit/2", "--to", away)).ShouldBe(new RunResult(
            ExitCodes.Unreachable, "",
            $"fairlead: no server answers at {away}.\n  It is the server of --to; nothing was carried.\n"));
        (await Line.RunAsync(here, "promote", "credit/2", "--to", locked.Address)).ShouldBe(new RunResult(
            ExitCodes.NotAllowed, "", $"fairlead: {locked.Address} does not know the key: No key.\n"
                + "  Give the key of the server of --to with --to-key or FAIRLEAD_TO_KEY.\n"));
        var import = await Line.RunAsync(here, "import", "mlflow", away);
        import.ExitCode.ShouldBe(ExitCodes.Unreachable);
        import.Error.ShouldContain($"the import stopped: Connection refused ({new Uri(away).Authority})");
    }

    [Theory]
    [InlineData(400, ExitCodes.Refused, "(some_code)")]
    [InlineData(401, ExitCodes.NotAllowed, "FAIRLEAD_KEY")]
    [InlineData(403, ExitCodes.NotAllowed, "administrator")]
    [InlineData(404, ExitCodes.NotFound, "(some_code)")]
    [InlineData(409, ExitCodes.Conflict, "(some_code)")]
    [InlineData(412, ExitCodes.Conflict, "(some_code)")]
    [InlineData(429, ExitCodes.Refused, "try again")]
    [InlineData(500, ExitCodes.Refused, "(some_code)")]
    [InlineData(503, ExitCodes.Refused, "(some_code)")]
    public async Task Refusal_HasTheExitCodeOfItsKind(int status, int exitCode, string said)
    {
        await using var server = (await FakeServer.StartAsync())
            .Refuse("GET /api/v1/models", status, "some_code", "What is wrong.");

        var result = await Line.RunAsync(server, "models", "list");

        result.ExitCode.ShouldBe(exitCode);
        result.Out.ShouldBeEmpty();
        result.Error.ShouldStartWith("fairlead: What is wrong. (some_code)\n");
        result.Error.ShouldContain(said);
    }

    [Fact]
    public async Task AnswerThatIsNoFairleads_IsUnreachable()
    {
        await using var server = (await FakeServer.StartAsync()).Text("GET /api/v1/models", "<html>hello</html>");

        var result = await Line.RunAsync(server, "models", "list");

        result.ExitCode.ShouldBe(ExitCodes.Unreachable);
        result.Error.ShouldContain("Is this a Fairlead server");
    }

    [Fact]
    public async Task Cancellation_EndsTheVerbAsInterrupted()
    {
        using var stop = new CancellationTokenSource();
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/models", async (context, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var result = await Line.RunAsync(["models", "list"], server.Address, cancellation: stop.Token);

        result.ShouldBe(new RunResult(ExitCodes.Interrupted, "", "fairlead: interrupted.\n"));
    }

    [Fact]
    public async Task KeyAndServer_OfTheCommandLine_WinOverTheEnvironment()
    {
        await using var server = (await FakeServer.StartAsync())
            .Refuse("GET /api/v1/status", 401, "unauthorised", "No.");
        var environment = new Dictionary<string, string>
        {
            ["FAIRLEAD_URL"] = "http://127.0.0.1:1",
            ["FAIRLEAD_KEY"] = "from-environment",
        };
        var address = server.Address.Replace("http://", "", StringComparison.Ordinal);

        await Line.RunAsync(["status", "--server", address], environment: environment);
        await Line.RunAsync(["status", "--server", address, "--key", "given"], environment: environment);

        server.Seen.Select(request => request.Headers["Authorization"])
            .ShouldBe(["Bearer from-environment", "Bearer given"]);
    }

    [Theory]
    [InlineData("is no address", "status", "--server", "ftp://somewhere")]
    [InlineData("Unrecognized command or argument", "moddels")]
    [InlineData("See: fairlead models alias --help", "models", "alias", "credit")]
    [InlineData("Register and manage models", "models")]
    [InlineData("no model or version", "models", "show", "credit/x")]
    public async Task WrongLines_AreUsageErrorsOnStandardError(string said, params string[] arguments)
    {
        var result = await Line.RunAsync(arguments);

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Out.ShouldBeEmpty();
        result.Error.ShouldContain(said);
    }

    [Fact]
    public async Task NoArguments_ShowTheVerbs()
    {
        var result = await Line.RunAsync([]);

        result.ExitCode.ShouldBe(ExitCodes.Ok);
        result.Out.ShouldContain("predict <endpoint>");
    }

    private static async Task<string> FreeAddressAsync()
    {
        await using var server = await FakeServer.StartAsync();
        return server.Address;
    }
}
