using Fairlead.Core.Models;
using Fairlead.Serving.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>What the journal makes of ends in order and ends without.</summary>
public sealed class LoadJournalTests : IDisposable
{
    private static readonly VersionId Version = new(ModelName.Parse("credit"), 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("journal").FullName;
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void After_an_end_in_order_nothing_is_suspected()
    {
        var journal = Open();
        journal.Loading(Version);
        journal.Close();
        Open().StateOf(Version).ShouldBe(QuarantineState.None);
    }

    [Fact]
    public void What_loaded_models_is_known_to_the_next_start_and_no_longer()
    {
        var first = Open();
        first.LoadedBefore.ShouldBeFalse();
        first.Loading(Version);
        first.Close();
        Open().LoadedBefore.ShouldBeTrue();
        Open().LoadedBefore.ShouldBeFalse();
    }

    [Fact]
    public void A_crash_within_a_minute_of_a_load_is_suspected_and_again_after_a_probe_locked()
    {
        Open().Loading(Version);
        var second = Open();
        second.StateOf(Version).ShouldBe(QuarantineState.Suspected);
        second.Quarantined.Keys.ShouldBe(["credit/2"]);

        second.Cleared(Version);
        second.StateOf(Version).ShouldBe(QuarantineState.None);
        second.Loading(Version);
        var third = Open();
        third.StateOf(Version).ShouldBe(QuarantineState.Locked);

        third.Release(Version).ShouldBeTrue();
        third.Release(Version).ShouldBeFalse();
        third.StateOf(Version).ShouldBe(QuarantineState.None);
        third.Loading(Version);
        Open().StateOf(Version).ShouldBe(QuarantineState.Suspected);
    }

    [Fact]
    public void A_version_that_has_long_been_running_well_is_not_suspected()
    {
        var journal = Open();
        journal.Loading(Version);
        _time.Advance(LoadJournal.SuspectWindow + TimeSpan.FromSeconds(1));
        journal.Touch();
        Open().StateOf(Version).ShouldBe(QuarantineState.None);
    }

    [Fact]
    public void The_last_sign_of_life_counts_and_not_the_next_start()
    {
        var journal = Open();
        journal.Loading(Version);
        _time.Advance(TimeSpan.FromSeconds(30));
        journal.Touch();
        _time.Advance(TimeSpan.FromHours(3));
        Open().StateOf(Version).ShouldBe(QuarantineState.Suspected);
    }

    [Fact]
    public void A_quarantine_outlives_an_end_in_order()
    {
        Open().Loading(Version);
        Open().Close();
        Open().StateOf(Version).ShouldBe(QuarantineState.Suspected);
    }

    [Fact]
    public void A_clearance_holds_until_the_version_has_been_running_well()
    {
        Open().Loading(Version);
        var cleared = Open();
        cleared.Cleared(Version);
        cleared.Loading(Version);
        _time.Advance(LoadJournal.SuspectWindow + TimeSpan.FromSeconds(1));
        cleared.Touch();
        cleared.Loading(Version);
        Open().StateOf(Version).ShouldBe(QuarantineState.Suspected);
    }

    [Fact]
    public void A_broken_file_says_nothing()
    {
        File.WriteAllText(Path.Combine(_folder, "loads.json"), "{\"Running\":true,");
        Open().Quarantined.ShouldBeEmpty();
    }

    private LoadJournal Open() => new(_folder, _time);
}
