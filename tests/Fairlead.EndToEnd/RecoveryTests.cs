using Fairlead.Client;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>The way back in when every admin's key is lost, by the program as it is built.</summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task KeysRecover_OnAStoppedServer_LetsAnAdministratorInAgain()
    {
        using var folder = new TemporaryFolder();
        var data = folder.In("data");
        var first = await BuiltProgram.RunAsync(Limit, "keys", "recover", "ada", "--data", data);
        first.ExitCode.ShouldBe(0, first.Error);

        await using (var server = await ServerProcess.StartAsync(data))
        {
            (await ClientOf(server, first).GetStatusAsync()).AccessControl.ShouldBeTrue();
            (await Should.ThrowAsync<FairleadApiException>(server.Client.GetStatusAsync())).Code.ShouldBe(
                "key_required");

            // The running server has the folder.
            var refused = await BuiltProgram.RunAsync(Limit, "keys", "recover", "bob", "--data", data);
            refused.ExitCode.ShouldBe(4, refused.Error);
            refused.Output.ShouldBeEmpty();
            refused.Error.ShouldContain("in use by another fairlead process");
            refused.Error.ShouldContain("fairlead keys create");
            (await server.StopAsync()).ShouldBe(0);
        }

        var second = await BuiltProgram.RunAsync(
            Limit, new Dictionary<string, string> { ["FAIRLEAD_DATA"] = data }, "keys", "recover", "bob", "--json");
        second.ExitCode.ShouldBe(0, second.Error);
        var taken = await BuiltProgram.RunAsync(Limit, "keys", "recover", "ada", "--data", data);
        taken.ExitCode.ShouldBe(4);
        taken.Error.ShouldContain("key_exists");

        await using var again = await ServerProcess.StartAsync(data);
        var made = await ClientOf(again, first).ListAuditAsync();
        made.Items.Where(entry => entry.What == "key.create").Select(entry => (entry.Who, entry.Reason))
            .ShouldBe([("offline", "made offline"), ("offline", "made offline")]);
        (await ClientOf(again, first).ListKeysAsync()).Items.Select(key => (key.Name, key.Role, key.State))
            .ShouldBe([("ada", "admin", "active"), ("bob", "admin", "active")]);
    }

    private static FairleadClient ClientOf(ServerProcess server, Finished made) =>
        FairleadClient.Connect(server.Http, made.Output.Trim());
}
