using System.Text.Json;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>Everything that the demo of credit claims.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_Once_ServesARealModelThatReproducesItsTraining()
    {
        using var folder = new TemporaryFolder();
        var demo = await BuiltProgram.RunAsync(
            TimeSpan.FromMinutes(5), "demo", "--once", "--json", "--data", folder.Path, "--http", "127.0.0.1:0",
                "--grpc", "127.0.0.1:0");

        demo.ExitCode.ShouldBe(0, demo.Error);
        using var report = JsonDocument.Parse(demo.Output);
        var root = report.RootElement;
        root.GetProperty("requests").GetInt32().ShouldBe(1289);
        root.GetProperty("accuracy").GetDouble().ShouldBe(root.GetProperty("trainedAccuracy").GetDouble(), 1e-4);
        root.GetProperty("auc").GetDouble().ShouldBe(root.GetProperty("trainedAuc").GetDouble(), 1e-4);
        root.GetProperty("auc").GetDouble().ShouldBeGreaterThan(0.8);
        root.GetProperty("firstPredictionId").GetString()!.Length.ShouldBe(43);
        root.GetProperty("secondsToFirstPrediction").GetDouble().ShouldBeGreaterThan(0);
        var (p50, p99) = (root.GetProperty("p50Milliseconds").GetDouble(),
            root.GetProperty("p99Milliseconds").GetDouble());
        p50.ShouldBeInRange(0.001, p99);

        var rollout = root.GetProperty("rollout");
        rollout.GetProperty("phase").GetString().ShouldBe("succeeded");
        rollout.GetProperty("stableVersion").GetString().ShouldBe("credit/2");
        rollout.GetProperty("champion").GetInt32().ShouldBe(2);
        rollout.GetProperty("failed").GetInt32().ShouldBe(0);
        rollout.GetProperty("labels").GetInt32().ShouldBeGreaterThan(500);
        demo.Error.ShouldNotContain("fail:");
    }

    [Fact]
    public async Task Demo_WithABrokenVersion_ShowsItGoingBackBecauseOfItsAccuracy()
    {
        var demo = await BadAsync();

        demo.ExitCode.ShouldBe(0, demo.Error);
        using var report = JsonDocument.Parse(demo.Output);
        var rollout = report.RootElement.GetProperty("rollout");
        rollout.GetProperty("phase").GetString().ShouldBe("rolled back");
        rollout.GetProperty("reason").GetString()!.ShouldContain("accuracy");
        rollout.GetProperty("stableVersion").GetString().ShouldBe("credit/1");
        rollout.GetProperty("champion").GetInt32().ShouldBe(1);
        var met = rollout.GetProperty("metTheChallenger").GetInt32();
        met.ShouldBeInRange(1, rollout.GetProperty("requests").GetInt32() / 4);
    }

    /// <summary>Without the fault there is nothing to go back from, and the story is not told as true.</summary>
    [Fact]
    public async Task Demo_WhoseBrokenVersionIsNotBroken_Fails()
    {
        var demo = await BadAsync("--challenger", "boosted");

        demo.ExitCode.ShouldNotBe(0);
        demo.Error.ShouldContain("the broken version was to go back by itself, and did not");
    }

    [Fact]
    public async Task Demo_OnAPortInUse_SaysSoAndFails()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.In("server"));
        var demo = await BuiltProgram.RunAsync(
            TimeSpan.FromMinutes(1), "demo", "--once", "--data", folder.In("demo"), "--http",
                $"127.0.0.1:{server.Http.Port}", "--grpc", "127.0.0.1:0");

        demo.ExitCode.ShouldNotBe(0);
        demo.Error.ShouldContain("already in use");
        demo.Error.ShouldNotContain("   at ");
    }

    private static Task<Finished> BadAsync(params string[] more) => DemoRun.RunAsync(["--bad", .. more]);
}
