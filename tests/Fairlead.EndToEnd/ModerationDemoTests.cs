using System.Text.Json;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>Everything that the demo of moderation claims.</summary>
public sealed class ModerationDemoTests
{
    [Fact]
    public async Task Moderation_Once_ClimbsItsLadderToTheEnd()
    {
        var demo = await DemoRun.RunAsync("--moderation");

        demo.ExitCode.ShouldBe(0, demo.Error);
        using var report = JsonDocument.Parse(demo.Output);
        var rollout = report.RootElement.GetProperty("rollout");
        rollout.GetProperty("phase").GetString().ShouldBe("succeeded");
        rollout.GetProperty("stableVersion").GetString().ShouldBe("moderation/2");
        rollout.GetProperty("champion").GetInt32().ShouldBe(2);
        rollout.GetProperty("failed").GetInt32().ShouldBe(0);
        foreach (var share in (int[])[1, 5, 10, 25])
            demo.Error.ShouldContain($"challenger (moderation/2) {share} %");
    }

    /// <summary>
    /// On the whole the broken version is the better one; it goes back because of one kind of content, and says which.
    /// </summary>
    [Fact]
    public async Task Moderation_WithAFaultInOneKind_GoesBackAndNamesTheKind()
    {
        var demo = await DemoRun.RunAsync("--moderation", "--bad");

        demo.ExitCode.ShouldBe(0, demo.Error);
        using var report = JsonDocument.Parse(demo.Output);
        var rollout = report.RootElement.GetProperty("rollout");
        rollout.GetProperty("phase").GetString().ShouldBe("rolled back");
        rollout.GetProperty("reason").GetString()!.ShouldContain("kind = sports");
        rollout.GetProperty("stableVersion").GetString().ShouldBe("moderation/1");
        rollout.GetProperty("champion").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Moderation_WhoseFaultIsNotInjected_Fails()
    {
        var demo = await DemoRun.RunAsync("--moderation", "--bad", "--challenger", "by-kind");

        demo.ExitCode.ShouldNotBe(0);
        demo.Error.ShouldContain("the broken version was to go back by itself, and did not");
    }
}
