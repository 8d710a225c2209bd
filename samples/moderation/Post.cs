namespace Fairlead.Samples.Moderation;

/// <summary>Something that somebody wrote, and whether people found it harmful.</summary>
/// <param name="Kind">The kind of content; see <see cref="PostGenerator.Kinds"/>.</param>
/// <param name="Text">Words of small letters.</param>
/// <param name="Toxic">The label.</param>
public sealed record Post(string Kind, string Text, bool Toxic)
{
    public string[] Words => Text.Split(' ');
}
