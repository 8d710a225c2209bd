using Fairlead.Client;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>
/// After an unclean end, versions loaded in its last minute must prove themselves before they are loaded again.
/// </summary>
public sealed class QuarantineTests
{
    [Fact]
    public async Task UncleanEnd_Once_ServesAgainAfterAFreshProbe_Twice_WaitsForAnOperator()
    {
        using var folder = new TemporaryFolder();
        int version;
        await using (var first = await ServerProcess.StartAsync(folder.Path))
        {
            version = await Credit.RegisterAsync(first.Client, "logistic");
            await Credit.ServeAsync(first.Client, (version, 1));
            await first.KillAsync();
        }

        await using (var second = await ServerProcess.StartAsync(folder.Path))
        {
            (await Credit.AskAsync(second.Client)).Version.ShouldBe(version);
            await second.KillAsync();
        }

        await using var third = await ServerProcess.StartAsync(folder.Path);
        var refused = await Should.ThrowAsync<FairleadApiException>(() => Credit.AskAsync(third.Client));
        refused.Code.ShouldBe("not_ready");
        var endpoint = await third.Client.GetEndpointAsync(Credit.Name);
        endpoint.Placements.Single().Why.ShouldNotBeNull().ShouldContain("quarantined");

        (await third.Client.ReleaseVersionAsync(Credit.Name, version)).WasQuarantined.ShouldBeTrue();
        await Credit.UntilAnsweredAsync(third.Client);
        (await third.StopAsync()).ShouldBe(0);

        await using var fourth = await ServerProcess.StartAsync(folder.Path);
        (await Credit.AskAsync(fourth.Client)).Version.ShouldBe(version);
    }
}
