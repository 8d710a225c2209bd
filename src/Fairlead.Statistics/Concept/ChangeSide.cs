namespace Fairlead.Statistics.Concept;

/// <summary>Which changes of the mean count.</summary>
public enum ChangeSide
{
    Up,
    Down,
    Both,
}

internal static class ChangeSides
{
    internal static bool HasUp(this ChangeSide side) => side != ChangeSide.Down;

    internal static bool HasDown(this ChangeSide side) => side != ChangeSide.Up;

    internal static ChangeSide Checked(ChangeSide side) => Enum.IsDefined(side)
        ? side
        : throw new ArgumentOutOfRangeException(nameof(side), side, "Must be up, down or both.");
}
